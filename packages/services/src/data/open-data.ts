import { getAsset } from "@freshet/core/engine"
import { type DuckdbEngine, exportRows, type Store } from "@freshet/io"

import type { ExportFormat } from "../documents/export.ts"
import type { Project } from "../project.ts"

/** The engine over stored rows. */
export interface DataAccess {
  readonly query: DuckdbEngine["query"]
  readonly queryNamed: DuckdbEngine["queryNamed"]
  readonly store: Pick<Store, "exists" | "read">
  /** Writes stored rows to a local file in another format. */
  readonly exportRows: (request: ExportRequest) => Promise<void>
}

/** Stored rows, and the file to write. */
export interface ExportRequest {
  readonly asset: string
  /** Keys in the store. */
  readonly files: readonly string[]
  readonly format: ExportFormat
  readonly output: string
}

/** Opens the engine over the stored rows of a project. */
export function openData({ graph, store, runtime }: Project): DataAccess {
  return {
    query: (request, consume) => runtime().engine.query(request, consume),
    queryNamed: (request, consume) => runtime().engine.queryNamed(request, consume),
    store,
    exportRows: async ({ asset, files, format, output }) => {
      const { columns } = getAsset(graph, asset)
      const paths = await Promise.all(files.map(store.localPath))
      await exportRows(runtime().engine.session, { paths, columns, format, output })
    },
  }
}
