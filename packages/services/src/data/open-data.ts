import { getAsset } from "@freshet/core/engine"
import { type DuckdbEngine, exportRows, type Store } from "@freshet/io"

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
  /** Key in the store. */
  readonly file: string
  readonly format: "arrow" | "csv" | "jsonl"
  readonly output: string
}

/** Opens the engine over the stored rows of a project. */
export function openData({ graph, store, runtime }: Project): DataAccess {
  return {
    query: (request, consume) => runtime().engine.query(request, consume),
    queryNamed: (request, consume) => runtime().engine.queryNamed(request, consume),
    store,
    exportRows: async ({ asset, file, format, output }) => {
      const { columns } = getAsset(graph, asset)
      const path = await store.localPath(file)
      await exportRows(runtime().engine.session, { path, columns, format, output })
    },
  }
}
