import { nextMarked, nextUnmarked, unmarkBits } from "./bits.ts"
import { type Judging, noneRestored } from "./desk.ts"
import type { Timeline } from "./snapshot.ts"
import { facts } from "./states.ts"

/** Judges neighbours with the same mark together. */
export function judgePlaces(judging: Judging, begin: number, end: number): void {
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
  desk.evaluation.facts.fill(fresh, start + begin, start + end)
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
