import type { AnyAsset, Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import type { ReadVersions } from "../execute/effects.ts"
import { contentFingerprint } from "../fingerprint.ts"
import { isWithin } from "../graph/mapping.ts"
import { rangesOfBits } from "./bits.ts"
import { type ReadRange, lastingName } from "./inputs.ts"
import { lastingPartition, lastingRelation, readRanges } from "./inputs.ts"
import { type RefusedRows, refusedBelow, rowsText } from "./refused.ts"
import type { Failure } from "./snapshot.ts"
import {
  type Evaluation,
  contentAt,
  facts,
  factsAt,
  rangesOf,
  stateKind,
  statesOf,
} from "./states.ts"

/** Why a partition is not fresh. `upstream` means that something it reads will be made anew, and may come out different. */
export type Cause =
  | { readonly kind: "code" }
  | { readonly kind: "input"; readonly changed: readonly ChangedInput[] }
  | {
      readonly kind: "upstream"
      readonly asset: string
      readonly partitions: readonly PartitionRange[]
    }

/** Partitions of one upstream whose content is not what was read. */
export interface ChangedInput {
  readonly asset: string
  readonly partitions: readonly PartitionRange[]
}

/** What we know of one partition of a computation. */
export type Status =
  | { readonly kind: "fresh" }
  | {
      readonly kind: "missing"
      readonly waitsFor: string | undefined
      readonly causes: readonly Cause[]
    }
  | {
      readonly kind: "stale"
      readonly waitsFor: string | undefined
      readonly causes: readonly Cause[]
    }
  | {
      readonly kind: "failed"
      readonly waitsFor: string | undefined
      readonly causes: readonly Cause[]
      readonly failure: Failure
    }

const fresh: Status = { kind: "fresh" }

/** The status of a partition of an asset; a source's are always fresh. */
export function assetStatus(evaluation: Evaluation, asset: AnyAsset, index: number): Status {
  return asset.kind === "source" ? fresh : statusAt(evaluation, asset.computation, index)
}

/** The status of one partition of a computation, with its causes. */
export function statusAt(evaluation: Evaluation, computation: Computation, index: number): Status {
  const kind = stateKind(factsAt(evaluation, computation, index))
  if (kind === "fresh") return fresh
  const bits = factsAt(evaluation, computation, index)
  const ranges = readRanges(evaluation, computation, index)
  const waitsFor =
    (bits & facts.waits) === 0
      ? undefined
      : (ranges.find((range) => range.waitsFor !== undefined)?.waitsFor ??
        checksOf(refusedBelow(evaluation, { computation, partition: index })))
  const causes = causesOf(evaluation, bits, ranges)
  const failure = evaluation.snapshot.failures.get(computation.name)?.get(index)
  if (kind !== "failed") return { kind, waitsFor, causes }
  return failure === undefined
    ? { kind: "stale", waitsFor, causes }
    : { kind, waitsFor, causes, failure }
}

function checksOf(rows: RefusedRows | undefined): string | undefined {
  return rows && `${rowsText(rows)} to pass its checks`
}

function causesOf(evaluation: Evaluation, bits: number, ranges: readonly ReadRange[]): Cause[] {
  const causes: Cause[] = (bits & facts.code) === 0 ? [] : [{ kind: "code" }]
  causes.push(...staleUpstreams(evaluation, ranges))
  if (causes.length === 0 && (bits & facts.made) !== 0) causes.push({ kind: "input", changed: [] })
  return causes
}

function staleUpstreams(evaluation: Evaluation, ranges: readonly ReadRange[]): Cause[] {
  const causes = new Map<string, readonly PartitionRange[]>()
  for (const { asset, range } of ranges) {
    if (asset.kind === "source" || range === undefined) continue
    const states = statesOf(evaluation, asset.computation)
    if (states === undefined) continue
    const { from, to } = range
    const part = { bits: evaluation.stale, start: states.start + from - states.from }
    const stale = rangesOfBits({ ...part, length: to - from + 1 }, from)
    if (stale.length > (causes.get(asset.name)?.length ?? 0)) causes.set(asset.name, stale)
  }
  return [...causes].map(([asset, partitions]) => ({ kind: "upstream", asset, partitions }))
}

/** Which inputs of a partition are not what was read when `then` was recorded, as far as they are known. */
export function changedInputs(
  evaluation: Evaluation,
  computation: Computation,
  index: number,
  then: readonly ReadVersions[],
): readonly ChangedInput[] {
  const changed = new Map<string, Set<number>>()
  for (const { read, asset, range } of readRanges(evaluation, computation, index)) {
    const before = new Map(
      then.find(({ relation }) => relation === lastingRelation(read))?.versions ?? [],
    )
    const places = changed.get(asset.name) ?? new Set()
    for (const [each] of before) if (range === undefined || !isWithin(range, each)) places.add(each)
    for (let each = range?.from ?? 1; each <= (range?.to ?? 0); each += 1)
      if (differs(evaluation, asset, each, before.get(each))) places.add(each)
    changed.set(asset.name, places)
  }
  const current = new Set([...changed.keys()].flatMap((name) => lastingOf(evaluation, name)))
  for (const { asset, versions } of then)
    if (!current.has(asset)) changed.set(asset, new Set(versions.map(([each]) => each)))
  return [...changed].flatMap(([asset, places]) =>
    places.size === 0
      ? []
      : [{ asset, partitions: rangesOf([...places].toSorted((a, b) => a - b)) }],
  )
}

function lastingOf({ graph }: Evaluation, name: string): readonly string[] {
  const asset = graph.assets.get(name)
  return asset === undefined ? [] : [lastingName(asset)]
}

function differs(
  evaluation: Evaluation,
  asset: AnyAsset,
  index: number,
  before: string | undefined,
): boolean {
  if (before === undefined) return true
  const now = contentAt(evaluation, asset, index)
  const then = contentFingerprint(lastingPartition(asset.partitions, index), before)
  return now !== undefined && (now.low !== then.low || now.high !== then.high)
}
