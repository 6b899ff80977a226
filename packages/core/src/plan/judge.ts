import { type Fingerprint, parseFingerprint } from "../fingerprint.ts"
import { type Bits, endOfUnmarked, markBits, nextMarked, nextUnmarked, unmarkBits } from "./bits.ts"
import type { ContentSums } from "./content-sums.ts"
import type { Desk, Judging } from "./desk.ts"
import { mustBeWhole } from "./inputs.ts"
import type { NumberedComputation, NumberedRead } from "./numbered-graph.ts"
import { addOwnSums, contentOf, unfitTest } from "./own-sums.ts"
import type { EarlierMade, Timeline } from "./snapshot.ts"
import { type States, facts } from "./states.ts"
import type { Versions } from "./version.ts"
import { addPlaces, addShifted, markEmpty, markReaders } from "./window-sums.ts"
import { type Span, type Windows, shortPlaces } from "./windows.ts"

/** Judges every partition of a computation; what it reads has been judged already. */
export function judge(
  desk: Desk,
  numbered: NumberedComputation,
  { from, length }: Span,
  start: number,
): States {
  const { snapshot, versions } = desk.evaluation
  const timeline = snapshot.timelines.get(numbered.computation.name)
  const judging: Judging = {
    desk,
    numbered,
    versions: versions[numbered.number] ?? noVersions,
    from,
    length,
    start,
    timeline,
    fresh: 0,
    restored: noneRestored,
  }
  addReads(judging)
  markBits(desk.evaluation.stale, start, start + length)
  if (timeline !== undefined) tellMarks(judging, timeline)
  if (numbered.past === undefined) judgePlaces(judging, 0, length)
  else judgeInOrder(judging, numbered.past)
  noteMarks(judging, desk.unknown, facts.unknown)
  const anyWaits = noteMarks(judging, desk.waits, facts.waits)
  if (snapshot.failures.size > 0) markFailures(judging)
  addOwnSums(judging)
  const allFresh = judging.fresh === length
  const allChecked = timeline === undefined || isCheckedThroughout(timeline, judging.versions)
  return { from, length, start, allFresh, anyWaits, allChecked, restored: judging.restored }
}

const noVersions: Versions = { code: "", lowCode: 0, highCode: 0, checks: [] }

const noneRestored = new Map<number, EarlierMade>()

/** Adds up what each partition would be made from, as far as that is known, and marks where it is not. */
function addReads(judging: Judging): void {
  const { desk, numbered, versions, length } = judging
  const { inputs, unknown } = desk
  inputs.low.fill(versions.lowCode, 0, length)
  inputs.high.fill(versions.highCode, 0, length)
  let [begin, end] = [0, length]
  for (const read of numbered.reads) {
    const sums = desk.sums[read.upstream]
    if (sums === undefined) {
      markBlocked(desk, 0, length)
      continue
    }
    const windows = desk.finder.windowsOf(read, judging, sums)
    markRead(judging, read, windows, sums)
    begin = nextUnmarked(unknown, begin, end)
    end = endOfUnmarked(unknown, begin, end)
    const added = { sums: sums.sums, origin: sums.origin, begin, end }
    if (windows.kind === "shift") addShifted(inputs, read, windows, added)
    else addPlaces(inputs, read, windows, added)
  }
}

/** Marks the partitions for which one read finds what is not known to be right, or what keeps them from being made. */
function markRead(
  { desk, from, length }: Judging,
  { reading, isPlain }: NumberedRead,
  windows: Windows,
  { unknown, obstacles }: ContentSums,
): void {
  if (unknown !== undefined) markReaders({ bits: desk.unknown, start: 0, length }, windows, unknown)
  if (obstacles !== undefined)
    markReaders({ bits: desk.waits, start: 0, length }, windows, obstacles)
  if (isPlain) return
  if (mustBeWhole(reading.read)) {
    const range = { from, to: from + length - 1 }
    for (const at of shortPlaces(desk.evaluation, reading, range)) markBlocked(desk, at, at + 1)
  }
  if (reading.read.window.kind !== "latest" || windows.kind !== "places") return
  markEmpty({ bits: desk.unknown, start: 0, length }, windows)
  markEmpty({ bits: desk.waits, start: 0, length }, windows)
}

/** Marks partitions that read something which is not there. */
function markBlocked({ unknown, waits }: Desk, begin: number, end: number): void {
  markBits(unknown, begin, end)
  markBits(waits, begin, end)
}

/** Notes a fact of every marked partition, and takes the marks away. Says whether there were any. */
function noteMarks({ desk, start, length }: Judging, bits: Bits, fact: number): boolean {
  const column = desk.evaluation.facts
  let begin = nextMarked(bits, 0, length)
  if (begin === length) return false
  while (begin < length) {
    const end = nextUnmarked(bits, begin, length)
    for (let at = start + begin; at < start + end; at += 1) column[at] = (column[at] ?? 0) | fact
    begin = nextMarked(bits, end, length)
  }
  unmarkBits(bits, 0, length)
  return true
}

function tellMarks({ desk, versions }: Judging, { marks }: Timeline): void {
  for (let at = 0; at < marks.length; at += 1)
    desk.marked[at + 1] =
      marks[at]?.codeVersion === versions.code ? facts.made : facts.made | facts.code
}

/** Judges neighbours with the same mark together. */
function judgePlaces(judging: Judging, begin: number, end: number): void {
  const { desk, from, timeline } = judging
  if (timeline === undefined) return
  const { mark } = timeline
  const shift = (from - timeline.from) | 0
  const last = Math.min(end, timeline.length - shift)
  for (let at = Math.max(begin, -shift); at < last;) {
    const own = mark[at + shift] ?? 0
    let next = at + 1
    while (next < last && mark[next + shift] === own) next += 1
    if (own !== 0) judgeRun(judging, timeline, desk.marked[own] ?? 0, { begin: at, end: next })
    at = next
  }
}

interface Run {
  readonly begin: number
  readonly end: number
}

/** Fresh when nothing that is read is unknown and the newest, or an earlier one that is kept, was made from just this. */
function judgeRun(judging: Judging, timeline: Timeline, own: number, { begin, end }: Run): void {
  const { desk, start } = judging
  desk.evaluation.facts.fill(own, start + begin, start + end)
  for (let at = nextUnmarked(desk.unknown, begin, end); at < end;) {
    const next = nextMarked(desk.unknown, at, end)
    compare(judging, timeline, own | facts.fresh, { begin: at, end: next })
    if (timeline.earlier.size > 0) restoreEarlier(judging, timeline, { begin: at, end: next })
    at = nextUnmarked(desk.unknown, next, end)
  }
}

/** Notes that what was made from just what would be read now is fresh. */
function compare(judging: Judging, timeline: Timeline, fresh: number, { begin, end }: Run): void {
  const { low, high } = judging.desk.inputs
  const { low: keptLow, high: keptHigh } = timeline.inputs
  const shift = (judging.from - timeline.from) | 0
  for (let at = begin; at < end; at += 1) {
    const first = at
    while (at < end && keptLow[at + shift] === low[at] && keptHigh[at + shift] === high[at]) at += 1
    if (first < at) noteFresh(judging, fresh, first, at)
  }
}

function noteFresh(judging: Judging, fresh: number, begin: number, end: number): void {
  const { desk, start } = judging
  const column = desk.evaluation.facts
  for (let at = start + begin; at < start + end; at += 1) column[at] = fresh
  unmarkBits(desk.evaluation.stale, start + begin, start + end)
  judging.fresh += end - begin
}

/** Finds what is not fresh among the earlier ones that are kept. */
function restoreEarlier(judging: Judging, { earlier }: Timeline, { begin, end }: Run): void {
  const { desk, from, start } = judging
  const { inputs, evaluation } = desk
  for (let at = begin; at < end; at += 1) {
    const own = evaluation.facts[start + at] ?? 0
    if ((own & facts.fresh) !== 0) continue
    const kept = earlier
      .get(at + from)
      ?.find(({ input }) => input.low === inputs.low[at] && input.high === inputs.high[at])
    if (kept === undefined) continue
    noteFresh(judging, own | facts.fresh, at, at + 1)
    if (judging.restored === noneRestored) judging.restored = new Map()
    judging.restored.set(at + from, kept)
  }
}

/** Judges partitions that each read the one before: its content counts once it has been judged itself. */
function judgeInOrder(judging: Judging, factor: Fingerprint): void {
  const { desk, length } = judging
  const { inputs } = desk
  const isUnfit = unfitTest(judging, 0)
  judgePlaces(judging, 0, 1)
  for (let at = 1; at < length; at += 1) {
    const before = contentOf(judging, at - 1, 0)
    if (before === undefined) markBits(desk.unknown, at, at + 1)
    else {
      inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(factor.low, before.low)
      inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(factor.high, before.high)
    }
    if (isUnfit(at - 1)) markBits(desk.waits, at, at + 1)
    judgePlaces(judging, at, at + 1)
  }
}

/** A failure counts as long as the partition would still be made from what it failed on. */
function markFailures({ desk, numbered, from, start, length }: Judging): void {
  const { inputs, evaluation } = desk
  const failures = evaluation.snapshot.failures.get(numbered.computation.name) ?? []
  for (const [index, failure] of failures) {
    const at = index - from
    if (at < 0 || at >= length) continue
    const own = evaluation.facts[start + at] ?? 0
    const { low, high } = parseFingerprint(failure.fingerprint)
    const isSame = low === inputs.low[at] && high === inputs.high[at]
    if ((own & (facts.fresh | facts.unknown)) === 0 && isSame)
      evaluation.facts[start + at] = own | facts.failed
  }
}

/** Whether all that is kept was checked by the checks of today, so that no partition need be looked at. */
function isCheckedThroughout({ marks, earlier }: Timeline, { checks }: Versions): boolean {
  if (earlier.size > 0) return false
  for (const mark of marks)
    for (let output = 0; output < checks.length; output += 1)
      if (mark.checks[output]?.version !== checks[output]) return false
  return true
}
