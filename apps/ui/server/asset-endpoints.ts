import {
  diffRows,
  explainStaleness,
  listVersions,
  readColumnLineage,
  readAssetDetail,
  readPartitions,
  readProfile,
  readProvenance,
  readQuarantine,
  readRows,
} from "@freshet/services"
import {
  assetDetailSchema,
  columnLineageSchema,
  diffSchema,
  explanationSchema,
  partitionsSchema,
  profileSchema,
  provenanceSchema,
  quarantineSchema,
  rowsSchema,
  versionsSchema,
} from "@freshet/services/documents"
import * as z from "zod/mini"

import { countSchema, defineEndpoint, type Endpoint, optionalText, text } from "./endpoint.ts"

const assetShape = { asset: text }
const optionalVersion = z.optional(z.coerce.number().check(z.int(), z.minimum(1)))

/** The documents of one asset. */
export const assetEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset",
    summary: "One asset with its declaration and its state",
    input: z.strictObject({ ...assetShape, partition: optionalText }),
    answer: assetDetailSchema,
    isLasting: true,
    handle: ({ services }, request) => readAssetDetail(services, request),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/explanation",
    summary: "Root causes of the status of one partition",
    input: z.strictObject({ ...assetShape, partition: optionalText }),
    answer: explanationSchema,
    isLasting: true,
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
    isLasting: true,
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
    path: "/api/assets/:asset/profile",
    summary: "Nulls, distinct values, first and last value of each column of a partition",
    input: z.strictObject({ ...assetShape, partition: optionalText }),
    answer: profileSchema,
    isLasting: true,
    handle: ({ services }, request) => readProfile(services, request),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/columns/:column/lineage",
    summary: "Origin and uses of a column, from the engine's bound plans",
    input: z.strictObject({ ...assetShape, column: text }),
    answer: columnLineageSchema,
    isLasting: true,
    handle: ({ services }, request) => readColumnLineage(services, request),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/versions",
    summary: "Retained materializations of a partition",
    input: z.strictObject({ ...assetShape, partition: optionalText }),
    answer: versionsSchema,
    handle: ({ services }, request) => listVersions(services, request),
  }),
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/diff",
    summary: "Difference of two partitions, or of two versions of a partition, by key",
    input: z.strictObject({
      ...assetShape,
      from: optionalText,
      from_version: optionalVersion,
      to: optionalText,
      to_version: optionalVersion,
      key: optionalText,
      limit: countSchema(100, 1000),
    }),
    answer: diffSchema,
    handle: ({ services }, { from_version: fromVersion, to_version: toVersion, key, ...request }) =>
      diffRows(services, { ...request, fromVersion, toVersion, key: key?.split(",") }),
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
  defineEndpoint({
    method: "get",
    path: "/api/assets/:asset/provenance",
    summary: "Landed lines that made a row; the key is a JSON list of texts column=value",
    input: z.strictObject({
      ...assetShape,
      key: text,
      partition: optionalText,
      limit: countSchema(200, 10_000),
    }),
    answer: provenanceSchema,
    handle: ({ services }, { asset, key, ...request }) =>
      readProvenance(services, { ...request, table: asset, key: parseKey(key) }),
  }),
]

const keySchema = z.array(z.string())

function parseKey(key: string): readonly string[] {
  try {
    return z.parse(keySchema, JSON.parse(key))
  } catch {
    return [key]
  }
}
