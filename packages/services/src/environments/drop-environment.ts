import { rm } from "node:fs/promises"
import { dirname } from "node:path"

import { dropEnvironment as dropSchemas } from "@freshet/io"

import { locateStateFile } from "../project-ledger.ts"
import type { Services } from "../services.ts"
import type { EnvironmentRequest } from "./create-environment.ts"
import { getLockOptions } from "./lock-options.ts"

/**
 * Drops the records and the published tables of an environment, and its state file on this machine. Its data files stay
 * until garbage is collected.
 */
export function dropEnvironment(
  services: Services,
  { name, wait }: EnvironmentRequest,
): Promise<{ readonly environment: string; readonly schemas: readonly string[] }> {
  return services.withDatabase(async (url) => {
    const { schemas } = await dropSchemas(url, { ...getLockOptions(services, wait), name })
    const stateFile = locateStateFile({ home: services.config.home, environment: name })
    await rm(dirname(stateFile), { recursive: true, force: true })
    return { environment: name, schemas }
  })
}
