import {
  type AnyAsset,
  type PartitionRange,
  type Problem,
  ProblemsError,
  isTimed,
  newestClosed,
  partitionKey,
  partitionNoun,
} from "@freshet/core"

import type { Project } from "../project/project.ts"

export function usage(problem: Problem): ProblemsError {
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
  const extent = project.evaluation.extents.get(asset.name)
  if (extent === undefined) return noPartitionProblem(project, asset)
  const key = (index: number) => partitionKey(asset.partitions, index)
  const noun = partitionNoun(asset.partitions)
  const isAfter = range.from > extent.to || (range.to > extent.to && range.to !== Infinity)
  const [near, far] = isAfter ? [range.from, range.to] : [range.to, range.from]
  const outermost = Number.isFinite(far) ? far : near
  const asked = key(outermost)
  const nearest = key(isAfter ? extent.to : extent.from)
  const why = isAfter ? laterReason(project, asset, outermost) : `comes before its first ${noun}`
  return {
    kind: "usage",
    message: `\`${asset.name}\` has no ${asked}: that ${noun} ${why}.`,
    hint: `It has ${key(extent.from)} to ${key(extent.to)}; the nearest is ${nearest}.`,
  }
}

function laterReason({ nowMs }: Project, { partitions }: AnyAsset, index: number): string {
  const noun = partitionNoun(partitions)
  if (!isTimed(partitions)) return "is none of its keys"
  if (partitions.end !== undefined && index > partitions.end) return `comes after its last ${noun}`
  return index > newestClosed(partitions, nowMs)
    ? "is not over yet"
    : `comes after the newest ${noun} for which its inputs have landed`
}
