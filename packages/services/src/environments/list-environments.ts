import {
  type Environment,
  type LedgerClient,
  readEnvironments,
  readEnvironmentStorage,
} from "@freshet/io"

import type { EnvironmentDocument, EnvironmentListDocument } from "../documents/environments.ts"
import { toIsoTime } from "../iso-time.ts"
import type { Services } from "../services.ts"

/** Lists the environments beside the default one, with the files that only they have. */
export function listEnvironments(services: Services): Promise<EnvironmentListDocument> {
  return services.withDatabase(async (url) => {
    const { withLedgerConnection } = await import("@freshet/io")
    return withLedgerConnection(url, async (client) => {
      const environments: EnvironmentDocument[] = []
      for (const environment of await readEnvironments(client))
        environments.push(await describeEnvironment(client, environment))
      return { environments }
    })
  })
}

/** Describes an environment, with the files that only it has. */
export async function describeEnvironment(
  client: LedgerClient,
  environment: Environment,
): Promise<EnvironmentDocument> {
  return {
    name: environment.name,
    created_at: toIsoTime(environment.createdMs),
    is_ready: environment.isReady,
    schemas: [...environment.schemas],
    ...(await readEnvironmentStorage(client, environment.name)),
  }
}
