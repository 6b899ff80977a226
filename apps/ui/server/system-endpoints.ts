import { collectGarbage, diagnose, readSystem } from "@freshet/services"
import { diagnosticsSchema, garbageSchema, systemSchema } from "@freshet/services/documents"

import { defineEndpoint, type Endpoint, noInput } from "./endpoint.ts"

const hourMs = 3_600_000

/** The health and the contents of the installation. */
export const systemEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/system",
    summary: "Places and contents of lake, ledger and published tables",
    input: noInput,
    answer: systemSchema,
    handle: ({ services }) => readSystem(services),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/diagnostics",
    summary: "Health of the installation and the project, with remedies",
    input: noInput,
    answer: diagnosticsSchema,
    handle: ({ services, nodeVersion }) => diagnose(services, { nodeVersion }),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/garbage",
    summary: "Expired materializations and orphaned files; removes nothing",
    input: noInput,
    answer: garbageSchema,
    handle: ({ services }) =>
      collectGarbage(services, { graceMs: hourMs, unpublish: false, dryRun: true, wait: false }),
  }),
]
