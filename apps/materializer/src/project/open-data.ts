import { assetNamed } from "@freshet/core"
import { exportRows, withPostgres } from "@freshet/io"

import type { Data } from "../commands/world.ts"
import type { Config } from "../config.ts"
import { withEngine } from "./engine.ts"
import { declaredGraph, readProject, withMigratedLedger } from "./open-project.ts"
import type { Project } from "./project.ts"

/** Lends the project together with the engine over its stored rows. */
export async function withData<T>(
  config: Config,
  keeperCommand: readonly string[],
  request: {
    readonly signal: AbortSignal
    readonly work: (project: Project, data: Data) => Promise<T>
  },
): Promise<T> {
  const graph = declaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, keeperCommand }, (url) =>
    withMigratedLedger(url, async (client) => {
      const project = await readProject(config, graph, client)
      const { signal, work } = request
      return withEngine(config, { signal, url }, ({ engine, store }) =>
        work(project, {
          query: engine.query,
          path: store.path,
          exportRows: ({ asset, file, format, output }) => {
            const { columns } = assetNamed(graph, asset)
            return exportRows(engine.session, { path: store.path(file), columns, format, output })
          },
        }),
      )
    }),
  )
}
