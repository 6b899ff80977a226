import { nextSet, nextUnset, clearBits } from "../partitions/bitset.ts"
import { type ComputationContext, noReverted } from "./evaluation-context.ts"
import type { MaterializationHistory } from "./ledger-snapshot.ts"
import { stateFlags } from "./states.ts"

/** Evaluates the partitions at the places from `begin` to `end` (exclusive), in runs of one materialization version. */
export function evaluatePartitions(context: ComputationContext, begin: number, end: number): void {
  const { evaluationContext, from, history } = context
  if (history === undefined) return
  const { versionIndex } = history
  const shift = (from - history.from) | 0
  const last = Math.min(end, history.length - shift)
  for (let at = Math.max(begin, -shift); at < last;) {
    const version = versionIndex[at + shift] ?? 0
    let next = at + 1
    while (next < last && versionIndex[next + shift] === version) next += 1
    if (version !== 0)
      evaluateInterval(context, history, evaluationContext.versionFlags[version] ?? 0, {
        begin: at,
        end: next,
      })
    at = next
  }
}

interface Interval {
  readonly begin: number
  readonly end: number
}

/** Sets the flags of partitions of one version. A partition is fresh if all its inputs are fresh and its newest materialization, or an earlier retained one, has the same inputs. */
function evaluateInterval(
  context: ComputationContext,
  history: MaterializationHistory,
  flags: number,
  { begin, end }: Interval,
): void {
  const { evaluationContext, start } = context
  evaluationContext.evaluation.flags.fill(flags, start + begin, start + end)
  for (let at = nextUnset(evaluationContext.unknown, begin, end); at < end;) {
    const next = nextSet(evaluationContext.unknown, at, end)
    compareInputs(context, history, flags | stateFlags.fresh, { begin: at, end: next })
    if (history.earlier.size > 0) revertToEarlier(context, history, { begin: at, end: next })
    at = nextUnset(evaluationContext.unknown, next, end)
  }
}

/** Sets the partitions fresh whose newest materialization has the current inputs. */
function compareInputs(
  context: ComputationContext,
  history: MaterializationHistory,
  flags: number,
  { begin, end }: Interval,
): void {
  const { low, high } = context.evaluationContext.inputs
  const { low: recordedLow, high: recordedHigh } = history.inputs
  const shift = (context.from - history.from) | 0
  for (let at = begin; at < end; at += 1) {
    const first = at
    while (at < end && recordedLow[at + shift] === low[at] && recordedHigh[at + shift] === high[at])
      at += 1
    if (first < at) setFresh(context, flags, first, at)
  }
}

function setFresh(context: ComputationContext, flags: number, begin: number, end: number): void {
  const { evaluationContext, start } = context
  evaluationContext.evaluation.flags.fill(flags, start + begin, start + end)
  clearBits(evaluationContext.evaluation.stale, start + begin, start + end)
  context.freshCount += end - begin
}

/** Reverts partitions that are not fresh to an earlier retained materialization with the current inputs. */
function revertToEarlier(
  context: ComputationContext,
  { earlier }: MaterializationHistory,
  { begin, end }: Interval,
): void {
  const { evaluationContext, from, start } = context
  const { inputs, evaluation } = evaluationContext
  for (let at = begin; at < end; at += 1) {
    const flags = evaluation.flags[start + at] ?? 0
    if ((flags & stateFlags.fresh) !== 0) continue
    const earlierMaterialization = earlier
      .get(at + from)
      ?.find(({ input }) => input.low === inputs.low[at] && input.high === inputs.high[at])
    if (earlierMaterialization === undefined) continue
    setFresh(context, flags | stateFlags.fresh, at, at + 1)
    if (context.reverted === noReverted) context.reverted = new Map()
    context.reverted.set(at + from, earlierMaterialization)
  }
}
