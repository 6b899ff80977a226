import { setBits, nextSet, nextUnset, clearBits } from "../partitions/bitset.ts"
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
  if (context.collisions !== undefined) dropCollisions(context, context.collisions, { begin, end })
}

/** Makes partitions stale whose fingerprints collide with those of other inputs. */
function dropCollisions(
  context: ComputationContext,
  collisions: ReadonlySet<number>,
  { begin, end }: Interval,
): void {
  const { flags, stale } = context.evaluationContext.evaluation
  for (const partition of collisions) {
    const at = partition - context.from
    const bit = context.start + at
    const partitionFlags = flags[bit] ?? 0
    if (at < begin || at >= end || (partitionFlags & stateFlags.fresh) === 0) continue
    flags[bit] = partitionFlags & ~stateFlags.fresh
    setBits(stale, bit, bit + 1)
    context.reverted.delete(partition)
    context.freshCount -= 1
  }
}

interface Interval {
  readonly begin: number
  readonly end: number
}

/** Sets the flags of partitions of one version. A partition is a candidate to be fresh if all its inputs are fresh and its newest materialization, or an earlier retained one, has the current code and the fingerprint of the current inputs. */
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
    if ((flags & stateFlags.codeChanged) === 0)
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
  const { evaluationContext, from, start, versions } = context
  const { inputs, evaluation } = evaluationContext
  for (let at = begin; at < end; at += 1) {
    const flags = evaluation.flags[start + at] ?? 0
    if ((flags & stateFlags.fresh) !== 0) continue
    const earlierMaterialization = earlier
      .get(at + from)
      ?.find(
        ({ input, version }) =>
          input.low === inputs.low[at] &&
          input.high === inputs.high[at] &&
          version.codeVersion === versions.code,
      )
    if (earlierMaterialization === undefined) continue
    setFresh(context, flags | stateFlags.fresh, at, at + 1)
    if (context.reverted === noReverted) context.reverted = new Map()
    context.reverted.set(at + from, earlierMaterialization)
  }
}
