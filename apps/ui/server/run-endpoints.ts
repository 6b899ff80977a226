import { cancelRun, listRuns, planRequest, readRun, readRunLogPage } from "@freshet/services"
import {
  cancelSchema,
  planSchema,
  runDetailSchema,
  runListSchema,
  runLogPageSchema,
} from "@freshet/services/documents"
import * as z from "zod/mini"

import { requestListSchema, requestSchema } from "./documents.ts"
import {
  countSchema,
  defineEndpoint,
  type Endpoint,
  noInput,
  optionalText,
  text,
} from "./endpoint.ts"
import { listRequestDocuments } from "./request-documents.ts"
import { recordRunWork } from "./requested-work.ts"
import { toRunRequest } from "./run-target.ts"
import { targetSchema } from "./target.ts"

/** Runs, and requests to run something. */
export const runEndpoints: readonly Endpoint[] = [
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
    path: "/api/runs/:run/log",
    summary: "A page of the messages that the code of a run's steps printed",
    input: z.strictObject({
      run: text,
      step: optionalText,
      after: countSchema(0, Number.MAX_SAFE_INTEGER),
      limit: countSchema(1000, 1000),
    }),
    answer: runLogPageSchema,
    handle: ({ services }, { run, ...request }) =>
      readRunLogPage(services, { id: run, ...request }),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/requests",
    summary: "Latest requests, the newest first",
    input: noInput,
    answer: requestListSchema,
    handle: async ({ services, runner }) => ({
      requests: await listRequestDocuments(services, runner),
    }),
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
      runner.submit(await recordRunWork(services, await toRunRequest(services, target))),
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
