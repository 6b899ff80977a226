import { getAsset } from "@freshet/core/engine"
import { withPostgres } from "@freshet/embedded-postgres"
import { exportRows } from "@freshet/io"

import type { Config } from "../config.ts"
import { buildDeclaredGraph, readProject, withProjectState } from "../open-project.ts"
import type { Project } from "../project.ts"
import { withRuntime } from "../runtime.ts"
import type { DataAccess } from "../services.ts"

/** Lends the project together with the engine over its stored rows. */
export async function withData<T>(
  config: Config,
  supervisorCommand: readonly string[],
  request: {
    readonly signal: AbortSignal
    readonly work: (project: Project, data: DataAccess) => Promise<T>
  },
): Promise<T> {
  const graph = buildDeclaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, supervisorCommand }, (url) =>
    withProjectState(
      url,
      (client) => readProject(config, graph, client),
      async (project) => {
        const { signal, work } = request
        return withRuntime(config, { signal, url }, ({ engine, store }) =>
          work(project, {
            query: engine.query,
            queryNamed: engine.queryNamed,
            store,
            exportRows: async ({ asset, file, format, output }) => {
              const { columns } = getAsset(graph, asset)
              const path = await store.localPath(file)
              await exportRows(engine.session, { path, columns, format, output })
            },
          }),
        )
      },
    ),
  )
}
