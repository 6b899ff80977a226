import {
  createEnvironment as createLedger,
  createPublishedTables,
  migrateLedgers,
  requireEnvironment,
  withLedgerConnection,
} from "@freshet/io"
import { getMigrationsFolder } from "@freshet/schema"

import type { EnvironmentDocument } from "../documents/environments.ts"
import { usageError } from "../plan/target-problems.ts"
import type { Services } from "../services.ts"
import { findEnvironmentNameFault } from "./environment-name.ts"
import { describeEnvironment } from "./list-environments.ts"
import { getLockOptions } from "./lock-options.ts"

/** Names an environment; `wait` is false if a run or a collection of garbage in progress is an error. */
export interface EnvironmentRequest {
  readonly name: string
  readonly wait: boolean
}

/**
 * Creates an environment with the records of the default one and with published tables of its own, without rows. The
 * default environment is not changed: neither the declarations nor the migrations of this project are applied to it.
 */
export async function createEnvironment(
  services: Services,
  { name, wait }: EnvironmentRequest,
): Promise<EnvironmentDocument> {
  const fault = findEnvironmentNameFault(name)
  if (fault !== undefined)
    throw usageError({
      kind: "usage",
      message: `The name of the environment ${fault}.`,
      hint: "For example pr-42.",
    })
  const { buildDeclaredGraph } = await import("../open-project.ts")
  const graph = buildDeclaredGraph({ ...services.config, environment: undefined })
  const { migrations } = services.config
  return services.withDatabase(async (url) => {
    await withLedgerConnection(url, (client) => migrateLedgers(client, getMigrationsFolder()))
    await createLedger(url, {
      ...getLockOptions(services, wait),
      name,
      createTables: (client) =>
        createPublishedTables(client, { environment: name, graph, migrations }),
    })
    return withLedgerConnection(url, async (client) =>
      describeEnvironment(client, await requireEnvironment(client, name)),
    )
  })
}
