import { type Fingerprint, parseFingerprint } from "../fingerprint.ts"
import { type Bits, isMarked, markBits, nextMarked, nextUnmarked, unmarkBits } from "./bits.ts"
import { type Desk, type Judging, noneRestored } from "./desk.ts"
import { judgePlaces } from "./judge-places.ts"
import type { NumberedComputation } from "./numbered-graph.ts"
import { addOwnSums, contentOf, unfitTest } from "./own-sums.ts"
import { addReads } from "./reads.ts"
import type { Timeline } from "./snapshot.ts"
import { type States, facts } from "./states.ts"
import type { Versions } from "./version.ts"
import type { Span } from "./windows.ts"

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
  markBits(desk.evaluation.stale, start, start + length)
  if (timeline !== undefined) tellMarks(judging, timeline)
  addReads(judging)
  if (numbered.past === undefined) judgePlaces(judging, 0, length)
  else judgeInOrder(judging, numbered.past)
  noteMarks(judging, desk.unknown, facts.unknown)
  const anyWaits = noteMarks(judging, desk.waits, facts.waits)
  if (snapshot.failures.size > 0) markFailures(judging)
  addOwnSums(judging, anyWaits)
  const allFresh = judging.fresh === length
  const allChecked = timeline === undefined || isCheckedThroughout(timeline, judging.versions)
  return { from, length, start, allFresh, anyWaits, allChecked, restored: judging.restored }
}

const noVersions: Versions = { code: "", lowCode: 0, highCode: 0, checks: [] }

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
    const isStanding = before !== undefined && isMarked(desk.waits, at - 1)
    if (isStanding || isUnfit(at - 1)) markBits(desk.waits, at, at + 1)
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
