import { type Evaluation, failsChecks, getAsset, getStatus } from "@freshet/core/engine"

import type { AssetPartition } from "../asset-partitions.ts"
import type { FailedPartitionDocument } from "../documents/failed-checks.ts"
import { findCurrentInput } from "../materialization-records.ts"
import { createKeyFormatter } from "../partition-keys.ts"
import type { Project } from "../project.ts"
import { toFailedPartitionDocument } from "./failed-partition.ts"

/** Reads the failed checks of a partition, from its failed run or its current rows; undefined when no check failed. */
export async function readFailedPartition(
  project: Project,
  assetPartition: AssetPartition,
): Promise<FailedPartitionDocument | undefined> {
  const { graph, evaluation, ledger, store } = project
  const { asset, partition } = assetPartition
  const fingerprint = findFailedInput(evaluation, assetPartition)
  if (fingerprint === undefined) return undefined
  const { computation } = getAsset(graph, asset)
  const report = await ledger.readCheckResults({
    computation: computation.name,
    partition,
    fingerprint,
    assets: computation.outputs.map((output) => output.asset),
  })
  if (report === undefined) return undefined
  return toFailedPartitionDocument(graph, {
    asset,
    partition: createKeyFormatter(project)(asset, partition),
    results: report.results,
    failedRowFiles: report.failedFiles.map((key) => store.locate(key)),
  })
}

/** Finds the input version of the rows that fail a check. */
function findFailedInput(
  evaluation: Evaluation,
  { asset, partition }: AssetPartition,
): string | undefined {
  const status = getStatus(evaluation, getAsset(evaluation.graph, asset).computation, partition)
  if (status.kind === "failed")
    return status.failure.outcome === "checks_failed" ? status.failure.fingerprint : undefined
  if (!failsChecks(evaluation, asset, partition)) return undefined
  return findCurrentInput(evaluation, { asset, partition })
}
