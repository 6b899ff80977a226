import type { AnyAsset, Asset, Timed } from "@freshet/core"
import {
  formatPartitionKey,
  getPartitionNoun,
  intersectRanges,
  isTimed,
  listNewestTargets,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"
import { type AwaitedPartitions, findAwaitedPartitions } from "./awaited-partitions.ts"
import {
  type ParsedPartitions,
  parseFirstPartition,
  parseLastPartition,
  parsePartitions,
  invalidKeyProblem,
} from "./parse-partitions.ts"
import {
  noPartitionProblem,
  notLandedProblem,
  outsideProblem,
  sourceProblem,
  usageError,
} from "./target-problems.ts"

/** The arguments that name partitions, as typed. */
export interface PartitionArguments {
  readonly date?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly partition?: string | undefined
}

/** Says if any partitions are named. */
export function hasPartitionArguments(flags: PartitionArguments): boolean {
  return Object.values(pickPartitionArguments(flags)).some((text) => text !== undefined)
}

type Targets = ReadonlyMap<string, readonly PartitionRange[]>

/** The requested partitions that exist, and those that do not exist yet because files have not landed. */
export interface ExistingTargets {
  readonly targets: Targets
  readonly awaited: readonly AwaitedPartitions[]
}

/** Resolves the partitions of assets: the named ones, or the newest of each. Fails when none of them exists. */
export function resolveTargets(
  project: Project,
  names: readonly string[],
  flags: PartitionArguments,
): Targets {
  const { targets, awaited } = resolveExistingTargets(project, names, flags)
  const [first] = awaited
  if (targets.size === 0 && first !== undefined) throw usageError(notLandedProblem(project, first))
  return targets
}

/** Resolves the partitions of assets: the named ones, or the newest of each. Fails with every problem of the request. */
export function resolveExistingTargets(
  project: Project,
  names: readonly string[],
  flags: PartitionArguments,
): ExistingTargets {
  rejectConflictingArguments(flags)
  const assets = names.flatMap((name) => project.graph.assets.get(name) ?? [])
  const materializableAssets = assets.filter((asset) => asset.kind === "asset")
  if (materializableAssets.length === 0 && assets.length > 0)
    throw usageError(sourceProblem(assets))
  return hasPartitionArguments(flags)
    ? resolveNamedTargets(project, materializableAssets, flags)
    : resolveNewestTargets(project, materializableAssets)
}

/** Picks the arguments that name partitions. */
export function pickPartitionArguments({ date, from, to, partition }: PartitionArguments) {
  return { date, from, to, partition }
}

function rejectConflictingArguments({ date, from, to, partition }: PartitionArguments): void {
  const isRange = from !== undefined || to !== undefined
  const problems: Problem[] = []
  if (date !== undefined && isRange)
    problems.push({
      kind: "usage",
      message: "--date cannot be combined with --from/--to.",
      hint: "Omit one of them.",
    })
  if (partition !== undefined && (date !== undefined || isRange))
    problems.push({
      kind: "usage",
      message: "--partition cannot be combined with --date, --from or --to.",
      hint: "Omit one of them.",
    })
  if (problems.length > 0) throw new ProblemsError("usage", problems)
}

function resolveNewestTargets(project: Project, assets: readonly Asset[]): ExistingTargets {
  const targets = listNewestTargets(
    project.evaluation,
    assets.map(({ name }) => name),
  )
  const awaited = assets.flatMap((asset) => findAwaitedPartitions(project, asset))
  const [singleAsset] = assets
  if (targets.size + awaited.length === 0 && assets.length === 1 && singleAsset !== undefined)
    throw usageError(noPartitionProblem(project, singleAsset))
  return { targets, awaited }
}

/** Resolves named partitions: several assets are filtered to those that have them; a single asset must have all of them. */
function resolveNamedTargets(
  project: Project,
  assets: readonly Asset[],
  flags: PartitionArguments,
): ExistingTargets {
  const targets = new Map<string, readonly PartitionRange[]>()
  const awaited: AwaitedPartitions[] = []
  const problems: Problem[] = []
  const parsedArguments = assets.map((asset) => ({ asset, meant: parseArguments(asset, flags) }))
  const isSingle =
    parsedArguments.filter(({ meant: parsed }) => !("problem" in parsed)).length === 1
  for (const { asset, meant: parsed } of parsedArguments) {
    if ("problem" in parsed) continue
    const { range, isExact } = parsed
    const bounds = project.evaluation.bounds.get(asset.name)
    const awaitedPartitions = findAwaitedPartitions(project, asset, range)
    awaited.push(...awaitedPartitions)
    const namedRange = bounds && intersectRanges(range, bounds)
    if (namedRange !== undefined && !(isSingle && isExact && !isWithin(range, bounds)))
      targets.set(asset.name, [namedRange])
    else if (awaitedPartitions.length === 0) problems.push(outsideProblem(project, asset, range))
  }
  if (targets.size + awaited.length > 0 || parsedArguments.length === 0) return { targets, awaited }
  if (problems.length === 0)
    problems.push(
      ...parsedArguments.flatMap(({ meant: parsed }) =>
        "problem" in parsed ? [parsed.problem] : [],
      ),
    )
  throw new ProblemsError("usage", problems.slice(0, 1))
}

function isWithin(range: PartitionRange, bounds: PartitionRange | undefined): boolean {
  if (bounds === undefined) return false
  const startsInside = range.from === -Infinity || range.from >= bounds.from
  return startsInside && (range.to === Infinity || range.to <= bounds.to)
}

type ParseResult = ParsedPartitions | { readonly problem: Problem }

/** Resolves the named range of one asset, inside its bounds or not. Fails for invalid names. */
export function resolveRange(asset: Asset, flags: PartitionArguments): PartitionRange {
  rejectConflictingArguments(flags)
  const parsed = parseArguments(asset, flags)
  if ("problem" in parsed) throw usageError(parsed.problem)
  return parsed.range
}

/** Parses the arguments for one asset to a range, or to the problem. */
function parseArguments(
  asset: Asset,
  { date, from, to, partition }: PartitionArguments,
): ParseResult {
  const { partitions, name } = asset
  const key = partition ?? date
  if (key !== undefined && (partition !== undefined || partitions.kind !== "static"))
    return parsePartitions(partitions, key) ?? { problem: invalidKeyProblem(asset, key) }
  if (isTimed(partitions)) return parseRange({ name, partitions }, from, to)
  if (partitions.kind === "none") return { problem: invalidKeyProblem(asset, from ?? to ?? "") }
  const exampleKeys = partitions.keys.slice(0, 3).map((key) => `\`${key}\``)
  const message = `\`${name}\` is partitioned by keys such as ${exampleKeys.join(", ")}, not by dates.`
  return { problem: { kind: "usage", message, hint: "Name one of them with --partition." } }
}

/** Parses a range; open ends are infinite. */
function parseRange(
  asset: { readonly name: string; readonly partitions: Timed },
  from: string | undefined,
  to: string | undefined,
): ParseResult {
  const { partitions } = asset
  const first = from === undefined ? -Infinity : parseFirstPartition(partitions, from)
  const last = to === undefined ? Infinity : parseLastPartition(partitions, to)
  if (first === undefined) return { problem: invalidKeyProblem(asset, from ?? "") }
  if (last === undefined) return { problem: invalidKeyProblem(asset, to ?? "") }
  if (first > last) return { problem: emptyRangeProblem(partitions, from ?? "", to ?? "") }
  const isExact = [from, to].every((text) => text === undefined || isExactKey(partitions, text))
  return { range: { from: first, to: last }, isExact }
}

function isExactKey(partitions: Timed, text: string): boolean {
  return parsePartitions(partitions, text)?.isExact === true
}

function emptyRangeProblem(partitions: Timed, from: string, to: string): Problem {
  const [begin, end] = [
    parsePartitions(partitions, from)?.range.from,
    parsePartitions(partitions, to)?.range.to,
  ]
  if (begin === undefined || end === undefined || begin > end)
    return {
      kind: "usage",
      message: `The range is empty: ${from} comes after ${to}.`,
      hint: `Did you mean --from ${to} --to ${from}?`,
    }
  const noun = getPartitionNoun(partitions)
  const [first, last] = [formatPartitionKey(partitions, begin), formatPartitionKey(partitions, end)]
  return {
    kind: "usage",
    message: `The range is empty: no whole ${noun} lies between ${from} and ${to}.`,
    hint:
      begin === end
        ? `The ${noun} that holds them is ${first}: --partition ${first}.`
        : `The ${noun}s that hold them: --from ${first} --to ${last}.`,
  }
}

/** Resolves a key to a partition of an asset; without a key, the newest partition. */
export function resolvePartition(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): number {
  const bounds = project.evaluation.bounds.get(asset.name)
  if (bounds === undefined) throw usageError(noPartitionProblem(project, asset))
  if (key === undefined) return bounds.to
  const parsed = parsePartitions(asset.partitions, key)
  if (parsed === undefined) throw usageError(invalidKeyProblem(asset, key))
  const { from, to } = parsed.range
  if (from < to) throw usageError(severalPartitionsProblem(asset, key, parsed.range))
  if (from < bounds.from || to > bounds.to)
    throw usageError(outsideProblem(project, asset, parsed.range))
  return from
}

function severalPartitionsProblem(
  { name, partitions }: AnyAsset,
  key: string,
  { from, to }: PartitionRange,
): Problem {
  const noun = getPartitionNoun(partitions)
  return {
    kind: "usage",
    message: `${key} means ${to - from + 1} partitions of \`${name}\`; this command takes one.`,
    hint: `Name one ${noun}: ${formatPartitionKey(partitions, from)} to ${formatPartitionKey(partitions, to)}.`,
  }
}
