import type { AnyAsset } from "@freshet/core"
import {
  formatPartitionKey,
  getNewestClosed,
  getPartitionNoun,
  isTimed,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"

export function usageError(problem: Problem): ProblemsError {
  return new ProblemsError("usage", [problem])
}

export function sourceProblem(assets: readonly AnyAsset[]): Problem {
  const names = assets.map(({ name }) => `\`${name}\``).join(", ")
  return {
    kind: "usage",
    message: `${names} ${assets.length === 1 ? "is a source" : "are sources"}: others land those files, Freshet makes none of them.`,
    hint: "Ask for what reads them, with a plus behind the name: `name+`.",
  }
}

/** An asset has no partition at all: nothing that it reads has landed, or none is over. */
export function noPartitionProblem(project: Project, { name }: AnyAsset): Problem {
  return {
    kind: "usage",
    message: `\`${name}\` has no partition yet: not everything that it reads has landed.`,
    hint: `Files are expected in ${project.config.landing}; \`freshet demo-data\` makes some up, \`freshet doctor\` tells what is there.`,
  }
}

/** Partitions were asked for that an asset does not have: says which it has, and the nearest. */
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
    hint: `It has ${formatKey(bounds.from)} to ${formatKey(bounds.to)}; the nearest is ${nearestKey}.`,
  }
}

function explainLaterPartition(
  { nowMs }: Project,
  { partitions }: AnyAsset,
  index: number,
): string {
  const noun = getPartitionNoun(partitions)
  if (!isTimed(partitions)) return "is none of its keys"
  if (partitions.end !== undefined && index > partitions.end) return `comes after its last ${noun}`
  return index > getNewestClosed(partitions, nowMs)
    ? "is not over yet"
    : `comes after the newest ${noun} for which its inputs have landed`
}
