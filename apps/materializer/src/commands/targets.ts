import {
  type AnyAsset,
  type Asset,
  type PartitionRange,
  type Problem,
  ProblemsError,
  findDay,
  intersection,
  newestTargets,
  partitionKey,
} from "@freshet/core"

import type { Project } from "../project/project.ts"

/** Which partitions a person asked for, as written. */
export interface DayFlags {
  readonly date?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export type Targets = ReadonlyMap<string, PartitionRange>

/** The partitions meant of the named assets: the newest of each, or those between the days given. Throws everything that is wrong with the request. */
export function targetsOf(project: Project, names: readonly string[], days: DayFlags): Targets {
  const range = dayRange(days)
  const assets = names.flatMap((name) => project.graph.assets.get(name) ?? [])
  const made = assets.filter((asset) => asset.kind === "asset")
  if (made.length === 0 && assets.length > 0) throw usage(sourceProblem(assets))
  if (range === undefined) return newest(project, made)
  return between(project, made, range)
}

function newest(project: Project, assets: readonly Asset[]): Targets {
  const targets = newestTargets(
    project.evaluation,
    assets.map(({ name }) => name),
  )
  const [only] = assets
  if (targets.size === 0 && assets.length === 1 && only !== undefined)
    throw usage(noPartitionProblem(project, only))
  return targets
}

/** Open ends are infinite. */
function dayRange({ date, from, to }: DayFlags): PartitionRange | undefined {
  const problems: Problem[] = []
  const day = (text: string | undefined): number | undefined => {
    const found = text === undefined ? undefined : findDay(text)
    if (text !== undefined && found === undefined) problems.push(notADay(text))
    return found
  }
  const [only, first, last] = [day(date), day(from), day(to)]
  if (date !== undefined && (from !== undefined || to !== undefined))
    problems.push({
      kind: "usage",
      message: "--date means one day, --from and --to a range: both at once mean nothing.",
      hint: "Leave one of them away.",
    })
  if (first !== undefined && last !== undefined && first > last)
    problems.push({
      kind: "usage",
      message: `The range is empty: ${from ?? ""} comes after ${to ?? ""}.`,
      hint: `Did you mean --from ${to ?? ""} --to ${from ?? ""}?`,
    })
  if (problems.length > 0) throw new ProblemsError("usage", problems)
  if (only !== undefined) return { from: only, to: only }
  if (first === undefined && last === undefined) return undefined
  return { from: first ?? -Infinity, to: last ?? Infinity }
}

function notADay(text: string): Problem {
  return {
    kind: "usage",
    message: `\`${text}\` is not a day of the calendar.`,
    hint: "Write days as YYYY-MM-DD.",
  }
}

function between(project: Project, assets: readonly Asset[], range: PartitionRange): Targets {
  const daily = assets.filter((asset) => asset.partitions.kind === "daily")
  const [only] = assets
  if (daily.length === 0 && only !== undefined) throw usage(uncutProblem(only))
  const strict = daily.length === 1
  const targets = new Map<string, PartitionRange>()
  const problems: Problem[] = []
  for (const asset of daily) {
    const extent = project.evaluation.extents.get(asset.name)
    const found = extent && intersection(range, extent)
    if (found !== undefined && (!strict || isWithin(range, extent))) targets.set(asset.name, found)
    else problems.push(outsideProblem(project, asset, range))
  }
  if (targets.size > 0 || problems.length === 0) return targets
  throw new ProblemsError("usage", strict ? problems : problems.slice(0, 1))
}

function isWithin(range: PartitionRange, extent: PartitionRange | undefined): boolean {
  if (extent === undefined) return false
  const from = range.from === -Infinity || range.from >= extent.from
  return from && (range.to === Infinity || range.to <= extent.to)
}

function usage(problem: Problem): ProblemsError {
  return new ProblemsError("usage", [problem])
}

function sourceProblem(assets: readonly AnyAsset[]): Problem {
  const names = assets.map(({ name }) => `\`${name}\``).join(", ")
  return {
    kind: "usage",
    message: `${names} ${assets.length === 1 ? "is a source" : "are sources"}: others land those files, Freshet makes none of them.`,
    hint: "Ask for what reads them, with a plus behind the name: `name+`.",
  }
}

/** A day was named for an asset that has no days. */
function uncutProblem({ name }: AnyAsset): Problem {
  return {
    kind: "usage",
    message: `\`${name}\` is not partitioned: it is made as a whole and has no days.`,
    hint: `Leave the day away: \`freshet materialize ${name}\`.`,
  }
}

/** An asset has no partition at all: nothing that it reads has landed, or no day of it is over. */
function noPartitionProblem(project: Project, { name }: AnyAsset): Problem {
  return {
    kind: "usage",
    message: `\`${name}\` has no partition yet: not everything that it reads has landed.`,
    hint: `Files are expected in ${project.config.landing}; \`freshet demo-data\` makes some up, \`freshet doctor\` tells what is there.`,
  }
}

/** Days were asked for that an asset does not have: says which it has, and the nearest. */
function outsideProblem(project: Project, asset: AnyAsset, range: PartitionRange): Problem {
  const extent = project.evaluation.extents.get(asset.name)
  if (extent === undefined) return noPartitionProblem(project, asset)
  const key = (index: number) => partitionKey(asset.partitions, index)
  const after = range.to > extent.to && range.to !== Infinity
  const asked = key(after ? range.to : range.from)
  const nearest = key(after ? extent.to : extent.from)
  const why = after ? laterReason(project, range.to) : "comes before its first day"
  return {
    kind: "usage",
    message: `\`${asset.name}\` has no ${asked}: that day ${why}.`,
    hint: `It has ${key(extent.from)} to ${key(extent.to)}; the nearest is ${nearest}.`,
  }
}

function laterReason({ nowMs }: Project, day: number): string {
  return day > nowMs / 86_400_000 - 1
    ? "is not over yet"
    : "comes after the newest day for which its inputs have landed"
}

/** The partition of an asset that a key names; without a key, the newest. */
export function partitionOf(project: Project, asset: AnyAsset, key: string | undefined): number {
  const extent = project.evaluation.extents.get(asset.name)
  if (extent === undefined) throw usage(noPartitionProblem(project, asset))
  if (key === undefined) return extent.to
  if (asset.partitions.kind === "none") {
    if (key === "all") return 0
    throw usage(uncutProblem(asset))
  }
  const day = findDay(key)
  if (day === undefined) throw usage(notADay(key))
  if (day < extent.from || day > extent.to)
    throw usage(outsideProblem(project, asset, { from: day, to: day }))
  return day
}
