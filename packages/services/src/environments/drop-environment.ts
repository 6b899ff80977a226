import { dropEnvironment as dropSchemas } from "@freshet/io"

import type { Services } from "../services.ts"
import type { EnvironmentRequest } from "./create-environment.ts"
import { getLockOptions } from "./lock-options.ts"

/** Drops the records and the published tables of an environment; its files stay until garbage is collected. */
export function dropEnvironment(
  services: Services,
  { name, wait }: EnvironmentRequest,
): Promise<{ readonly environment: string; readonly schemas: readonly string[] }> {
  return services.withDatabase(async (url) => {
    const { schemas } = await dropSchemas(url, { ...getLockOptions(services, wait), name })
    return { environment: name, schemas }
  })
}
