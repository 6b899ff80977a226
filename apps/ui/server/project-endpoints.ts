import {
  listAssets,
  readAttention,
  readLineage,
  readRowCounts,
  readStatus,
} from "@freshet/services"
import {
  assetListSchema,
  attentionSchema,
  lineageSchema,
  rowCountsSchema,
  statusSchema,
} from "@freshet/services/documents"
import * as z from "zod/mini"

import {
  defineEndpoint,
  type Endpoint,
  noInput,
  optionalText,
  selectionSchema,
  toWords,
} from "./endpoint.ts"

/** The states, declarations and lineage of the project. */
export const projectEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/status",
    summary: "States of the selected assets",
    input: selectionSchema,
    answer: statusSchema,
    isLasting: true,
    handle: ({ services }, { selection }) =>
      readStatus(services, { selection: toWords(selection), states: [] }),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/attention",
    summary: "Root causes of everything that is not fresh",
    input: noInput,
    answer: attentionSchema,
    isLasting: true,
    handle: ({ services }) => readAttention(services),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets",
    summary: "Declarations of the selected assets",
    input: selectionSchema,
    answer: assetListSchema,
    isLasting: true,
    handle: ({ services }, { selection }) => listAssets(services, toWords(selection)),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/row-counts",
    summary: "Rows of the latest materializations of each asset",
    input: noInput,
    answer: rowCountsSchema,
    isLasting: true,
    handle: ({ services }) => readRowCounts(services),
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
    isLasting: true,
    handle: ({ services }, { selection, up, down }) =>
      readLineage(services, { selection: toWords(selection), up, down }),
  }),
]
