import {
  type AnyAsset,
  type Asset,
  type PartitionRange,
  type Problem,
  ProblemsError,
  type Timed,
  intersection,
  isTimed,
  newestTargets,
  partitionKey,
  partitionNoun,
} from "@freshet/core"

import type { Project } from "../project/project.ts"
import { type Meant, firstMeant, lastMeant, meantBy, notAKey } from "./partition-text.ts"
import { noPartitionProblem, outsideProblem, sourceProblem, usage } from "./target-problems.ts"

/** Which partitions a person asked for, as written. */
export interface PartitionFlags {
  readonly date?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly partition?: string | undefined
}

/** Whether any partitions are named. */
export function isNaming(flags: PartitionFlags): boolean {
  return Object.values(pick(flags)).some((text) => text !== undefined)
}

type Targets = ReadonlyMap<string, readonly PartitionRange[]>

/** The partitions meant of the named assets: the newest of each, or those that are named. Throws everything that is wrong with the request. */
export function targetsOf(
  project: Project,
  names: readonly string[],
  flags: PartitionFlags,
): Targets {
  refuseClashes(flags)
  const assets = names.flatMap((name) => project.graph.assets.get(name) ?? [])
  const made = assets.filter((asset) => asset.kind === "asset")
  if (made.length === 0 && assets.length > 0) throw usage(sourceProblem(assets))
  return isNaming(flags) ? named(project, made, flags) : newest(project, made)
}

function pick({ date, from, to, partition }: PartitionFlags) {
  return { date, from, to, partition }
}

function refuseClashes({ date, from, to, partition }: PartitionFlags): void {
  const isRange = from !== undefined || to !== undefined
  const problems: Problem[] = []
  if (date !== undefined && isRange)
    problems.push({
      kind: "usage",
      message: "--date means one day, --from and --to a range: both at once mean nothing.",
      hint: "Leave one of them away.",
    })
  if (partition !== undefined && (date !== undefined || isRange))
    problems.push({
      kind: "usage",
      message: "--partition means one partition; with --date, --from or --to it means nothing.",
      hint: "Leave one of them away.",
    })
  if (problems.length > 0) throw new ProblemsError("usage", problems)
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

/** Of several assets those count that have such partitions; one alone must have just what is named. */
function named(project: Project, assets: readonly Asset[], flags: PartitionFlags): Targets {
  const targets = new Map<string, readonly PartitionRange[]>()
  const problems: Problem[] = []
  const read = assets.map((asset) => ({ asset, meant: meantOf(asset, flags) }))
  const isAlone = read.filter(({ meant }) => !("problem" in meant)).length === 1
  for (const { asset, meant } of read) {
    if ("problem" in meant) continue
    const { range, isExact } = meant
    const extent = project.evaluation.extents.get(asset.name)
    const found = extent && intersection(range, extent)
    if (found !== undefined && !(isAlone && isExact && !isWithin(range, extent)))
      targets.set(asset.name, [found])
    else problems.push(outsideProblem(project, asset, range))
  }
  if (targets.size > 0 || read.length === 0) return targets
  if (problems.length === 0)
    problems.push(...read.flatMap(({ meant }) => ("problem" in meant ? [meant.problem] : [])))
  throw new ProblemsError("usage", problems.slice(0, 1))
}

function isWithin(range: PartitionRange, extent: PartitionRange | undefined): boolean {
  if (extent === undefined) return false
  const from = range.from === -Infinity || range.from >= extent.from
  return from && (range.to === Infinity || range.to <= extent.to)
}

type Read = Meant | { readonly problem: Problem }

/** The partitions of one asset that are named, whether there are any or not. Throws what is wrong with the names. */
export function rangeNamed(asset: Asset, flags: PartitionFlags): PartitionRange {
  refuseClashes(flags)
  const meant = meantOf(asset, flags)
  if ("problem" in meant) throw usage(meant.problem)
  return meant.range
}

/** The partitions of one asset that are named, or why none of it can be. */
function meantOf(asset: Asset, { date, from, to, partition }: PartitionFlags): Read {
  const { partitions, name } = asset
  const only = partition ?? date
  if (only !== undefined && (partition !== undefined || partitions.kind !== "static"))
    return meantBy(partitions, only) ?? { problem: notAKey(asset, only) }
  if (isTimed(partitions)) return meantBetween({ name, partitions }, from, to)
  if (partitions.kind === "none") return { problem: notAKey(asset, from ?? to ?? "") }
  const keys = partitions.keys.slice(0, 3).map((key) => `\`${key}\``)
  const message = `\`${name}\` is partitioned by keys such as ${keys.join(", ")}, which are no dates.`
  return { problem: { kind: "usage", message, hint: "Name one of them with --partition." } }
}

/** Open ends are infinite. */
function meantBetween(
  asset: { readonly name: string; readonly partitions: Timed },
  from: string | undefined,
  to: string | undefined,
): Read {
  const { partitions } = asset
  const first = from === undefined ? -Infinity : firstMeant(partitions, from)
  const last = to === undefined ? Infinity : lastMeant(partitions, to)
  if (first === undefined) return { problem: notAKey(asset, from ?? "") }
  if (last === undefined) return { problem: notAKey(asset, to ?? "") }
  if (first > last) return { problem: emptyRange(partitions, from ?? "", to ?? "") }
  const isExact = [from, to].every((text) => text === undefined || isOwnKey(partitions, text))
  return { range: { from: first, to: last }, isExact }
}

function isOwnKey(partitions: Timed, text: string): boolean {
  return meantBy(partitions, text)?.isExact === true
}

function emptyRange(partitions: Timed, from: string, to: string): Problem {
  const [begin, end] = [meantBy(partitions, from)?.range.from, meantBy(partitions, to)?.range.to]
  if (begin === undefined || end === undefined || begin > end)
    return {
      kind: "usage",
      message: `The range is empty: ${from} comes after ${to}.`,
      hint: `Did you mean --from ${to} --to ${from}?`,
    }
  const noun = partitionNoun(partitions)
  const [first, last] = [partitionKey(partitions, begin), partitionKey(partitions, end)]
  return {
    kind: "usage",
    message: `The range is empty: no whole ${noun} lies between ${from} and ${to}.`,
    hint:
      begin === end
        ? `The ${noun} that holds them is ${first}: --partition ${first}.`
        : `The ${noun}s that hold them: --from ${first} --to ${last}.`,
  }
}

/** The partition of an asset that a key names; without a key, the newest. */
export function partitionOf(project: Project, asset: AnyAsset, key: string | undefined): number {
  const extent = project.evaluation.extents.get(asset.name)
  if (extent === undefined) throw usage(noPartitionProblem(project, asset))
  if (key === undefined) return extent.to
  const meant = meantBy(asset.partitions, key)
  if (meant === undefined) throw usage(notAKey(asset, key))
  const { from, to } = meant.range
  if (from < to) throw usage(severalProblem(asset, key, meant.range))
  if (from < extent.from || to > extent.to) throw usage(outsideProblem(project, asset, meant.range))
  return from
}

function severalProblem(
  { name, partitions }: AnyAsset,
  key: string,
  { from, to }: PartitionRange,
): Problem {
  const noun = partitionNoun(partitions)
  return {
    kind: "usage",
    message: `${key} means ${to - from + 1} partitions of \`${name}\`; this command takes one.`,
    hint: `Name one ${noun}: ${partitionKey(partitions, from)} to ${partitionKey(partitions, to)}.`,
  }
}
