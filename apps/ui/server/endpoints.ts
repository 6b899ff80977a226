import {
  cancelRun,
  explainStaleness,
  listAssets,
  listRuns,
  planRequest,
  readAssetDetail,
  readAttention,
  readLineage,
  readPartitions,
  readQuarantine,
  readRecommendations,
  readRows,
  readRun,
  readStatus,
  type Services,
} from "@freshet/services"
import {
  assetDetailSchema,
  assetListSchema,
  attentionSchema,
  cancelSchema,
  explanationSchema,
  lineageSchema,
  partitionsSchema,
  planSchema,
  quarantineSchema,
  recommendationsSchema,
  rowsSchema,
  runDetailSchema,
  runListSchema,
  statusSchema,
} from "@freshet/services/documents"
import * as z from "zod/mini"

import { requestListSchema, requestSchema } from "./documents.ts"
import type { Runner } from "./local-runner.ts"
import { toRunRequest } from "./run-target.ts"
import { targetSchema } from "./target.ts"

/** The parts that answers are read from. */
export interface EndpointContext {
  readonly services: Services
  readonly runner: Runner
}

/** One address of the HTTP interface: its input, the service that answers, and the schema of the document. */
export interface Endpoint {
  readonly method: "get" | "post"
  /** Parameters begin with a colon. */
  readonly path: string
  readonly summary: string
  readonly input: z.core.$ZodType
  readonly answer: z.core.$ZodType
  readonly handle: (context: EndpointContext, input: unknown) => Promise<object>
}

function defineEndpoint<I extends z.core.$ZodType>(
  endpoint: Omit<Endpoint, "input" | "handle"> & {
    readonly input: I
    readonly handle: (context: EndpointContext, input: z.output<I>) => Promise<object>
  },
): Endpoint {
  const { handle, input, ...declaration } = endpoint
  return {
    ...declaration,
    input,
    handle: (context, value) => handle(context, z.parse(input, value)),
  }
}

const text = z.string().check(z.maxLength(2000))
const optionalText = z.optional(text)
const assetShape = { asset: text }
const selectionSchema = z.strictObject({ selection: optionalText })
const noInput = z.strictObject({})

function countSchema(initial: number, maximum: number) {
  return z.prefault(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(maximum)), initial)
}

function toWords(selection: string | undefined): readonly string[] {
  return selection === undefined || selection.trim() === "" ? [] : [selection]
}

const projectEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/status",
    summary: "States of the selected assets",
    input: selectionSchema,
    answer: statusSchema,
    handle: ({ services }, { selection }) =>
      readStatus(services, { selection: toWords(selection), states: [] }),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/attention",
    summary: "Root causes of everything that is not fresh",
    input: noInput,
    answer: attentionSchema,
    handle: ({ services }) => readAttention(services),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets",
    summary: "Declarations of the selected assets",
    input: selectionSchema,
    answer: assetListSchema,
    handle: ({ services }, { selection }) => listAssets(services, toWords(selection)),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/lineage",
    summary: "Assets and the reads between them",
    input: z.strictObject({
      selection: optionalText,
      up: z.optional(z.coerce.number()),
      down: z.optional(z.coerce.number()),
    }),
    answer: lineageSchema,
    handle: ({ services }, { selection, up, down }) =>
      readLineage(services, { selection: toWords(selection), up, down }),
  }),
]

const assetEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset",
    summary: "One asset with its declaration and its state",
    input: z.strictObject({ ...assetShape, partition: optionalText }),
    answer: assetDetailSchema,
    handle: ({ services }, request) => readAssetDetail(services, request),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/explanation",
    summary: "Root causes of the status of one partition",
    input: z.strictObject({ ...assetShape, partition: optionalText }),
    answer: explanationSchema,
    handle: ({ services }, request) => explainStaleness(services, request),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/partitions",
    summary: "States of all partitions as ranges, and a window of single partitions",
    input: z.strictObject({
      ...assetShape,
      offset: countSchema(0, 10_000_000),
      limit: countSchema(100, 1000),
    }),
    answer: partitionsSchema,
    handle: ({ services }, request) => readPartitions(services, request),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/rows",
    summary: "First rows of a partition",
    input: z.strictObject({
      ...assetShape,
      partition: optionalText,
      failed: z.optional(z.literal("true")),
      limit: countSchema(100, 1000),
    }),
    answer: rowsSchema,
    handle: ({ services }, { failed, ...request }) =>
      readRows(services, { ...request, failedRows: failed !== undefined }),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/quarantine",
    summary: "Quarantined lines of a source",
    input: z.strictObject({
      ...assetShape,
      partition: optionalText,
      limit: countSchema(100, 1000),
    }),
    answer: quarantineSchema,
    handle: ({ services }, { asset, ...request }) =>
      readQuarantine(services, { source: asset, ...request }),
  }),
]

const recommendationEndpoint = defineEndpoint({
  method: "get",
  path: "/api/recommendations",
  summary: "Recommendations of one user on one day, with the paths that lead to them",
  input: z.strictObject({ user: optionalText, day: optionalText }),
  answer: recommendationsSchema,
  handle: ({ services }, request) => readRecommendations(services, request),
})

const runEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/runs",
    summary: "Latest runs",
    input: z.strictObject({ limit: countSchema(50, 1000) }),
    answer: runListSchema,
    handle: ({ services }, request) => listRuns(services, request),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/runs/:run",
    summary: "One run with its progress, steps and publications",
    input: z.strictObject({ run: text }),
    answer: runDetailSchema,
    handle: ({ services }, { run }) => readRun(services, run),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/requests",
    summary: "Requests of this server, the newest first",
    input: noInput,
    answer: requestListSchema,
    handle: async ({ runner }) => ({ requests: runner.list() }),
  }),
  defineEndpoint({
    method: "post",
    path: "/api/plan",
    summary: "Plan of a request; executes nothing",
    input: z.strictObject({ target: targetSchema }),
    answer: planSchema,
    handle: async ({ services }, { target }) =>
      planRequest(services, await toRunRequest(services, target)),
  }),
  defineEndpoint({
    method: "post",
    path: "/api/requests",
    summary: "Accept a request to run",
    input: z.strictObject({ target: targetSchema }),
    answer: requestSchema,
    handle: async ({ services, runner }, { target }) =>
      runner.submit(await toRunRequest(services, target)),
  }),
  defineEndpoint({
    method: "post",
    path: "/api/runs/:run/cancel",
    summary: "Ask a run to stop",
    input: z.strictObject({ run: text }),
    answer: cancelSchema,
    handle: ({ services }, { run }) => cancelRun(services, { id: run, timeoutMs: 2000 }),
  }),
]

/** The addresses of the HTTP interface. */
export const endpoints: readonly Endpoint[] = [
  ...projectEndpoints,
  ...assetEndpoints,
  ...runEndpoints,
  recommendationEndpoint,
]
