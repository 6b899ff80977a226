import type { Computation } from "../declare/asset.ts"
import type { PartitionRange } from "../declare/partition.ts"
import { outputsOf, sourcesOf } from "../graph/graph.ts"
import {
  type ContentSums,
  addContent,
  addUnknown,
  emptySums,
  runningCount,
  sourceSums,
} from "./content-sums.ts"
import {
  type Fingerprint,
  type Lanes,
  fingerprint,
  lanesOf,
  parseFingerprint,
} from "./fingerprint.ts"
import { readFactor } from "./input-fingerprint.ts"
import { type Reading, type World, readingsOf } from "./inputs.ts"
import type { EarlierMade, Mark, Snapshot, Timeline } from "./snapshot.ts"
import { type Evaluation, type States, facts } from "./states.ts"
import { type Hash, type ParsedQueries, checksVersion, codeVersion } from "./version.ts"
import { windowsOf } from "./windows.ts"

type Sums = Map<string, ContentSums> // asset → its running sums

/** Judges every partition: fresh means that something is kept which was made from exactly what would be read now. */
export function evaluate(
  world: World,
  snapshot: Snapshot,
  parsed: ParsedQueries,
  hash: Hash,
): Evaluation {
  const { graph } = world
  const codeVersions = new Map(
    graph.computations.map((each) => [each.name, codeVersion(graph, each, parsed, hash)]),
  )
  const checkVersions = new Map<string, string>()
  for (const asset of graph.assets.values())
    if (asset.kind === "asset") checkVersions.set(asset.name, checksVersion(asset, hash))
  const states = new Map<string, States>()
  const evaluation = { ...world, snapshot, codeVersions, checkVersions, states }
  const sums: Sums = new Map()
  for (const source of sourcesOf(graph)) {
    const own = sourceSums(world, source)
    if (own !== undefined) sums.set(source.name, own)
  }
  for (const computation of graph.computations)
    states.set(computation.name, judge(evaluation, computation, sums))
  return evaluation
}

/** One computation while its partitions are judged. */
interface Judging {
  readonly evaluation: Evaluation
  readonly computation: Computation
  readonly extent: PartitionRange
  readonly timeline: Timeline | undefined
  /** What each partition would be made from. */
  readonly inputs: Lanes
  readonly bits: Uint8Array
  readonly restored: Map<number, EarlierMade>
}

function judge(evaluation: Evaluation, computation: Computation, sums: Sums): States {
  const [output] = outputsOf(evaluation.graph, computation)
  const extent = evaluation.extents.get(output?.name ?? "")
  if (extent === undefined) return { from: 0, facts: new Uint8Array(0), restored: new Map() }
  const length = extent.to - extent.from + 1
  const code = fingerprint(evaluation.codeVersions.get(computation.name) ?? "")
  const inputs = lanesOf(length)
  inputs.low.fill(code.low)
  inputs.high.fill(code.high)
  const timeline = evaluation.snapshot.timelines.get(computation.name)
  const judging: Judging = {
    evaluation,
    computation,
    extent,
    timeline,
    inputs,
    bits: new Uint8Array(length),
    restored: new Map(),
  }
  const readings = readingsOf(evaluation.graph, computation)
  for (const reading of readings)
    if (reading.read.asset !== undefined) addReading(judging, reading, sums.get(reading.asset.name))
  markKept(judging)
  const past = readings.find(({ read }) => read.asset === undefined)
  if (past === undefined) judgeEach(judging)
  else judgeInOrder(judging, readFactor(past.read))
  markFailures(judging)
  addOwnSums(judging, sums)
  return { from: extent.from, facts: judging.bits, restored: judging.restored }
}

/** Adds what the windows of one read hold to what each partition would be made from. */
function addReading(
  { evaluation, extent, inputs, bits }: Judging,
  reading: Reading,
  sums: ContentSums | undefined,
): void {
  const upstream = evaluation.extents.get(reading.asset.name)
  if (sums === undefined || upstream === undefined) {
    for (let at = 0; at < bits.length; at += 1) bits[at] = (bits[at] ?? 0) | blocked
    return
  }
  const { first, last, tooShort } = windowsOf(evaluation, reading, extent, upstream)
  const factor = readFactor(reading.read)
  addWindows(inputs.low, factor.low, { first, last, sums: sums.low, from: sums.from })
  addWindows(inputs.high, factor.high, { first, last, sums: sums.high, from: sums.from })
  markWhere(bits, facts.unknown, { first, last, counts: sums.unknown, from: sums.from })
  markWhere(bits, facts.waits, { first, last, counts: sums.obstacles, from: sums.from })
  for (const at of tooShort) bits[at] = (bits[at] ?? 0) | blocked
  if (reading.read.window.kind === "latest")
    for (let at = 0; at < bits.length; at += 1)
      if ((last[at] ?? 0) < (first[at] ?? 0)) bits[at] = (bits[at] ?? 0) | blocked
}

const blocked = facts.unknown | facts.waits

interface WindowColumns {
  readonly first: Int32Array
  readonly last: Int32Array
  readonly from: number
}

function addWindows(
  column: Uint32Array,
  factor: number,
  { first, last, from, sums }: WindowColumns & { readonly sums: Uint32Array },
): void {
  for (let at = 0; at < column.length; at += 1) {
    const sum = (sums[(last[at] ?? 0) + 1 - from] ?? 0) - (sums[(first[at] ?? 0) - from] ?? 0)
    column[at] = (column[at] ?? 0) + Math.imul(factor, sum)
  }
}

function markWhere(
  bits: Uint8Array,
  fact: number,
  { first, last, from, counts }: WindowColumns & { readonly counts: Uint32Array | undefined },
): void {
  if (counts === undefined) return
  for (let at = 0; at < bits.length; at += 1)
    if ((counts[(last[at] ?? 0) + 1 - from] ?? 0) > (counts[(first[at] ?? 0) - from] ?? 0))
      bits[at] = (bits[at] ?? 0) | fact
}

/** Marks what is kept, and what of it was made by other code. */
function markKept({ evaluation, computation, extent, timeline, bits }: Judging): void {
  if (timeline === undefined) return
  const code = evaluation.codeVersions.get(computation.name)
  const byMark = Uint8Array.from([
    0,
    ...timeline.marks.map((mark) =>
      mark.codeVersion === code ? facts.made : facts.made | facts.code,
    ),
  ])
  const shift = extent.from - timeline.from
  const end = Math.min(bits.length, timeline.length - shift)
  for (let at = Math.max(0, -shift); at < end; at += 1)
    bits[at] = (bits[at] ?? 0) | (byMark[timeline.mark[at + shift] ?? 0] ?? 0)
}

function judgeEach(judging: Judging): void {
  const { bits } = judging
  for (let at = 0; at < bits.length; at += 1) judgeOne(judging, at)
}

/** Fresh when nothing that is read is unknown and the newest, or an earlier one that is kept, was made from just this. */
function judgeOne({ extent, timeline, inputs, bits, restored }: Judging, at: number): void {
  const own = bits[at] ?? 0
  if ((own & (facts.made | facts.unknown)) !== facts.made || timeline === undefined) return
  const place = at + extent.from - timeline.from
  if (
    timeline.inputs.low[place] === inputs.low[at] &&
    timeline.inputs.high[place] === inputs.high[at]
  ) {
    bits[at] = own | facts.fresh
    return
  }
  if (timeline.earlier.size === 0) return
  const kept = timeline.earlier
    .get(at + extent.from)
    ?.find(({ input }) => input.low === inputs.low[at] && input.high === inputs.high[at])
  if (kept === undefined) return
  bits[at] = own | facts.fresh
  restored.set(at + extent.from, kept)
}

/** Judges partitions that each read the one before: its content counts once it has been judged itself. */
function judgeInOrder(judging: Judging, factor: Fingerprint): void {
  const { bits, inputs } = judging
  for (let at = 0; at < bits.length; at += 1) {
    const before = at === 0 ? undefined : contentOf(judging, at - 1, 0)
    if (at > 0 && before === undefined) bits[at] = (bits[at] ?? 0) | facts.unknown
    if (before !== undefined) {
      inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(factor.low, before.low)
      inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(factor.high, before.high)
    }
    judgeOne(judging, at)
  }
}

/** The content of one output at a place, if it is fresh. */
function contentOf(
  { bits, extent, timeline, restored }: Judging,
  at: number,
  output: number,
): Fingerprint | undefined {
  if (((bits[at] ?? 0) & facts.fresh) === 0 || timeline === undefined) return undefined
  const earlier = restored.get(at + extent.from)
  if (earlier !== undefined) return earlier.outputs[output]
  const place = at + extent.from - timeline.from
  const lanes = timeline.outputs[output]
  return lanes && { low: lanes.low[place] ?? 0, high: lanes.high[place] ?? 0 }
}

/** A failure counts as long as the partition would still be made from what it failed on. */
function markFailures({ evaluation, computation, extent, inputs, bits }: Judging): void {
  for (const [index, failure] of evaluation.snapshot.failures.get(computation.name) ?? []) {
    const at = index - extent.from
    if (at < 0 || at >= bits.length) continue
    const own = bits[at] ?? 0
    const { low, high } = parseFingerprint(failure.fingerprint)
    const isSame = low === inputs.low[at] && high === inputs.high[at]
    if ((own & (facts.fresh | facts.unknown)) === 0 && isSame) bits[at] = own | facts.failed
  }
}

/** Adds the running sums of the outputs that somebody reads. */
function addOwnSums(judging: Judging, sums: Sums): void {
  const { evaluation, computation, extent, bits } = judging
  computation.outputs.forEach(({ asset }, place) => {
    if ((evaluation.graph.downstream.get(asset)?.length ?? 0) === 0) return
    const own = emptySums(extent.from, bits.length)
    fillSums(judging, place, own)
    own.unknown = runningCount(bits.length, (at) => ((bits[at] ?? 0) & facts.fresh) === 0)
    own.obstacles = unfitCounts(judging, asset, place)
    sums.set(asset, own)
  })
}

function fillSums(judging: Judging, place: number, sums: ContentSums): void {
  const { bits, extent, timeline, restored } = judging
  const lanes = timeline?.outputs[place]
  const shift = extent.from - (timeline?.from ?? 0)
  for (let at = 0; at < bits.length; at += 1) {
    if (((bits[at] ?? 0) & facts.fresh) === 0 || lanes === undefined) addUnknown(sums, at)
    else {
      sums.low[at + 1] = (sums.low[at] ?? 0) + (lanes.low[at + shift] ?? 0)
      sums.high[at + 1] = (sums.high[at] ?? 0) + (lanes.high[at + shift] ?? 0)
    }
    const earlier = restored.size === 0 ? undefined : restored.get(at + extent.from)
    if (earlier !== undefined) addContent(sums, at, earlier.outputs[place] ?? { low: 0, high: 0 })
  }
}

/** Counts the fresh partitions whose rows fail the error checks of today. */
function unfitCounts(
  { evaluation, extent, timeline, restored, bits }: Judging,
  asset: string,
  place: number,
): Uint32Array | undefined {
  const version = evaluation.checkVersions.get(asset)
  const isUnfitMark = ({ checks }: Mark): boolean => {
    const check = checks[place]
    return check !== undefined && check.failedErrors > 0 && check.version === version
  }
  const unfit = [false, ...(timeline?.marks.map(isUnfitMark) ?? [])]
  if (!unfit.includes(true) && restored.size === 0) return undefined
  return runningCount(bits.length, (at) => {
    if (((bits[at] ?? 0) & facts.fresh) === 0) return false
    const earlier = restored.get(at + extent.from)
    if (earlier !== undefined) return isUnfitMark(earlier.mark)
    return unfit[timeline?.mark[at + extent.from - (timeline?.from ?? 0)] ?? 0] === true
  })
}
