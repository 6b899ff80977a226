import type { AnyAsset } from "@freshet/core"
import {
  findAwaitedFiles,
  formatBlocker,
  formatPartitionKey,
  formatPartitions,
  getDeclaredRange,
  getNewestClosed,
  getPartitionNoun,
  isTimed,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"
import type { AwaitedPartitions } from "./awaited-partitions.ts"

export function usageError(problem: Problem): ProblemsError {
  return new ProblemsError("usage", [problem])
}

export function sourceProblem(assets: readonly AnyAsset[]): Problem {
  const names = assets.map(({ name }) => `\`${name}\``).join(", ")
  const selection = assets.map(({ name }) => `${name}+`).join(" ")
  const [predicate, pronoun] =
    assets.length === 1 ? ["is a source: its", "it"] : ["are sources: their", "them"]
  return {
    kind: "usage",
    message: `${names} ${predicate} files are landed by others.`,
    hint: `\`freshet status ${selection}\` shows the assets that read ${pronoun}.`,
  }
}

/** Creates the problem of an asset without partitions: its inputs have not landed, or none has ended. */
export function noPartitionProblem(project: Project, { name }: AnyAsset): Problem {
  return {
    kind: "usage",
    message: `\`${name}\` has no partition yet: not all of its inputs have landed.`,
    hint: `Files are expected in ${project.config.landing}; \`freshet demo-data\` generates some, \`freshet doctor\` shows those that landed.`,
  }
}

/** Creates the problem of partitions that wait for files. */
export function notLandedProblem(
  { graph, config }: Project,
  { asset, range, blocker }: AwaitedPartitions,
): Problem {
  const partitions = formatPartitions(graph, asset, range === undefined ? [] : [range])
  return {
    kind: "usage",
    message: `\`${asset}\`${partitions === "" ? "" : ` ${partitions}`} ${formatBlocker(blocker)}.`,
    hint: `Files are expected in ${config.landing}.`,
  }
}

/** Creates the problem of partitions outside of an asset's bounds, with the bounds and the nearest partition. */
export function outsideProblem(project: Project, asset: AnyAsset, range: PartitionRange): Problem {
  const bounds = project.evaluation.bounds.get(asset.name)
  if (bounds === undefined) return noPartitionProblem(project, asset)
  const formatKey = (index: number) => formatPartitionKey(asset.partitions, index)
  const noun = getPartitionNoun(asset.partitions)
  const isAfter = range.from > bounds.to || (range.to > bounds.to && range.to !== Infinity)
  const [nearPartition, farPartition] = isAfter ? [range.from, range.to] : [range.to, range.from]
  const outermost = Number.isFinite(farPartition) ? farPartition : nearPartition
  const requestedKey = formatKey(outermost)
  const nearestKey = formatKey(isAfter ? bounds.to : bounds.from)
  const reason = isAfter
    ? explainLaterPartition(project, asset, outermost)
    : `comes before its first ${noun}`
  return {
    kind: "usage",
    message: `\`${asset.name}\` has no ${requestedKey}: that ${noun} ${reason}.`,
    hint: `It has ${formatKey(bounds.from)} to ${formatKey(bounds.to)}; the nearest is ${nearestKey}.${isAfter ? explainAwaitedFiles(project, asset, outermost) : ""}`,
  }
}

/** Names the files for which an ended partition waits: ` 2026-01-04 waits for raw/2026-01-04.json (raw).` */
function explainAwaitedFiles(
  { evaluation, nowMs }: Project,
  asset: AnyAsset,
  partition: number,
): string {
  if (asset.kind === "source" || partition > getDeclaredRange(asset.partitions, nowMs).to) return ""
  const blocker = findAwaitedFiles(evaluation, asset, { from: partition, to: partition })
  const key = formatPartitionKey(asset.partitions, partition)
  return blocker === undefined ? "" : ` ${key} ${formatBlocker(blocker)}.`
}

function explainLaterPartition(
  { nowMs }: Project,
  { partitions }: AnyAsset,
  index: number,
): string {
  const noun = getPartitionNoun(partitions)
  if (!isTimed(partitions)) return "is not one of its keys"
  if (partitions.end !== undefined && index > partitions.end) return `comes after its last ${noun}`
  return index > getNewestClosed(partitions, nowMs)
    ? "is not over yet"
    : `comes after the newest ${noun} for which its inputs have landed`
}
