import {
  type Computation,
  formatCount,
  formatPartitionKey,
  formatQuantity,
  type RowsChange,
  unreachable,
} from "@freshet/core/engine"

import type { FindingDocument } from "../documents/verification.ts"
import { formatFixCommand } from "../plan/command-text.ts"
import type { Project } from "../project.ts"
import type { RecomputeResult } from "./recomputation.ts"

type ReproducibilityMismatch = Exclude<RecomputeResult, { kind: "same" }>

/** A partition that was recomputed, or whose file was looked up. */
interface VerifiedPartition {
  readonly computation: Computation
  readonly partition: number
}

/** Describes a difference between a partition and its record. */
export function describeFinding(
  project: Project,
  { computation, partition }: VerifiedPartition,
  mismatch: ReproducibilityMismatch,
): FindingDocument {
  const locate = (asset: string, index = partition) => ({
    asset,
    partition: formatKey(project, asset, index),
    file: null,
  })
  const recomputedPartition = locate(computation.outputs[0]?.asset ?? computation.name)
  const { kind } = mismatch
  switch (kind) {
    case "different":
    case "version_forgotten":
    case "code_changed":
      return { kind, ...locate(mismatch.asset), ...describeRows(mismatch, computation) }
    case "file_damaged":
    case "file_gone":
      return describeFile(project, mismatch)
    case "landed_changed":
      return {
        kind,
        asset: mismatch.source,
        partition: null,
        file: project.landingZone.locate(mismatch.path),
        message: "has other bytes than when it was read, but the same size and modification time",
        hint: "Land the right file again under the same name; its readers then become stale.",
      }
    case "copy_lost":
      return {
        kind,
        asset: mismatch.source,
        partition: null,
        file: project.store.locate(mismatch.copy),
        message: `copy of ${mismatch.path} lost: it is missing or does not have the recorded bytes`,
        hint:
          `Restore it to recompute ${recomputedPartition.asset} ${recomputedPartition.partition ?? ""}`.trim() +
          ".",
      }
    case "inputs_gone":
      return { kind, ...recomputedPartition, ...describeMissingInput(project, mismatch) }
    case "never_made":
    case "failed":
    case "replaced":
      return { ...recomputedPartition, ...describeMissingRows(mismatch) }
    default:
      return unreachable(mismatch)
  }
}

function describeMissingRows(
  mismatch: Extract<ReproducibilityMismatch, { kind: "never_made" | "failed" | "replaced" }>,
): Pick<FindingDocument, "kind" | "message" | "hint"> {
  switch (mismatch.kind) {
    case "never_made":
      return { kind: "never_materialized", message: "was never materialized", hint: null }
    case "failed": {
      const { kind, message, hint = null } = mismatch
      return { kind, message: `cannot be recomputed: ${message}`, hint }
    }
    case "replaced":
      return {
        kind: mismatch.kind,
        message: "was rebuilt by a run in the meantime",
        hint: "Run the command again to verify the new rows.",
      }
    default:
      return unreachable(mismatch)
  }
}

type RowsMismatch = Extract<
  ReproducibilityMismatch,
  { kind: "different" | "version_forgotten" | "code_changed" }
>

function describeRows(
  { kind, rows }: RowsMismatch,
  computation: Computation,
): Pick<FindingDocument, "message" | "hint"> {
  const change = formatRowsChange(rows)
  if (kind === "different")
    return {
      message: `is not deterministic: the same code and inputs give ${change}`,
      hint: suggestCauses(computation),
    }
  if (kind === "code_changed") return { message: `the current code gives ${change}`, hint: null }
  return {
    message: `was computed by other code of the same \`version\`: the current code gives ${change}`,
    hint: "Change its `version`, so that its partitions are rebuilt.",
  }
}

function describeFile(
  project: Project,
  {
    kind,
    asset,
    partition,
    file: key,
  }: Extract<ReproducibilityMismatch, { kind: "file_damaged" | "file_gone" }>,
): FindingDocument {
  const command = formatFixCommand(project.evaluation, asset, partition)
  const isMissing = kind === "file_gone"
  return {
    kind,
    asset,
    partition: formatKey(project, asset, partition),
    file: project.store.locate(key),
    message: isMissing ? "is missing" : "file damaged: it does not contain the recorded rows",
    hint: isMissing
      ? `\`${command}\` rebuilds it.`
      : `\`${command}\` rebuilds it, and everything that was materialized from it.`,
  }
}

function describeMissingInput(
  { graph, evaluation }: Project,
  { asset, partition }: Extract<ReproducibilityMismatch, { kind: "inputs_gone" }>,
) {
  if (partition === undefined)
    return {
      message: `cannot be recomputed: the current code reads \`${asset}\`, which the recorded run did not read`,
      hint: "The record has no version of it.",
    }
  const input = graph.assets.get(asset)
  const key = formatKey({ graph }, asset, partition)
  const name = key === null ? `\`${asset}\`` : `\`${asset}\` ${key}`
  if (input?.kind === "source" && evaluation.landing.get(asset)?.has(partition) !== true)
    return {
      message: `cannot be recomputed: the file of ${name} is no longer landed`,
      hint: "Land the file again to verify these rows.",
    }
  if (input?.kind === "source")
    return {
      message: `cannot be recomputed: the file of ${name} was replaced after it was read`,
      hint: "Replaced landed files are not retained.",
    }
  return {
    message: `cannot be recomputed: the recorded version of ${name} is no longer retained`,
    hint: `\`${asset}\` retains replaced rows for the days of its \`retention\`; \`freshet wipe\` removes them at once.`,
  }
}

function formatRowsChange({ recordedRows, recomputedRows }: RowsChange): string {
  if (recordedRows === recomputedRows)
    return `different values in the same number of rows (${formatCount(recomputedRows)})`
  return `${formatQuantity(recomputedRows, "row")} instead of ${formatCount(recordedRows)}`
}

function suggestCauses({ kind, name }: Computation): string {
  return kind === "sql"
    ? `Look for random(), the clock, a limit or a window whose order has ties, and sums of floats; \`freshet show ${name}\` prints the query.`
    : "Its code may depend only on the rows that it reads: no clock, no random numbers, no network, no state of an earlier call."
}

function formatKey({ graph }: Pick<Project, "graph">, name: string, partition: number) {
  const asset = graph.assets.get(name)
  if (asset === undefined || asset.partitions.kind === "none") return null
  return formatPartitionKey(asset.partitions, partition)
}
