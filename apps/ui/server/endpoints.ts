import { assetEndpoints } from "./asset-endpoints.ts"
import type { Endpoint } from "./endpoint.ts"
import { projectEndpoints } from "./project-endpoints.ts"
import { queryEndpoints } from "./query-endpoints.ts"
import { runEndpoints } from "./run-endpoints.ts"
import { scheduleEndpoints } from "./schedule-endpoints.ts"
import { systemEndpoints } from "./system-endpoints.ts"

/** The addresses of the HTTP interface. */
export const endpoints: readonly Endpoint[] = [
  ...projectEndpoints,
  ...assetEndpoints,
  ...runEndpoints,
  ...scheduleEndpoints,
  ...systemEndpoints,
  ...queryEndpoints,
]
