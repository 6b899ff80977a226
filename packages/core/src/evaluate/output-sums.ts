import { type BitsetSlice, createBitset, setBits } from "../partitions/bitset.ts"
import { getCheckVersion } from "./check-version.ts"
import type { ContentSums } from "./content-sums.ts"
import type { ComputationContext } from "./evaluation-context.ts"
import { type Fingerprint, createLanes, buildRunningSums, differenceAt } from "./fingerprint.ts"
import type { CheckVersion, MaterializationVersion } from "./ledger-snapshot.ts"
import { stateFlags } from "./states.ts"

/** Stores the content sums of a computation's outputs for their readers. `anyBlocked` is true when any partition has the blocked flag. */
export function addOutputSums(context: ComputationContext, anyBlocked: boolean): void {
  const { evaluationContext, numbered, from, start, length } = context
  for (let output = 0; output < numbered.outputs.length; output += 1) {
    const number = numbered.outputs[output]
    if (number === undefined) continue
    const runningSums =
      context.reverted.size > 0 ? sumReverted(context, output) : getNewestSums(context, output)
    const unknown =
      context.freshCount < length
        ? { bits: evaluationContext.evaluation.stale, start, length }
        : undefined
    const blocked = findBlocked(context, output, anyBlocked)
    evaluationContext.sums[number] = { from, length, ...runningSums, unknown, blocked }
  }
}

type RunningSums = Pick<ContentSums, "sums" | "origin">

const emptySums = createLanes(1)

function getNewestSums({ from, history }: ComputationContext, output: number): RunningSums {
  const sums = history?.sums[output]
  if (history === undefined || sums === undefined) return { sums: emptySums, origin: 0 }
  return { sums, origin: from - history.from }
}

/** Computes the running sums of the fresh rows, when the current rows of some partitions are not the newest. */
function sumReverted(context: ComputationContext, output: number): RunningSums {
  const { low, high } = createLanes(context.length)
  for (let at = 0; at < context.length; at += 1) {
    const content = findContentAt(context, at, output)
    low[at] = content?.low ?? 0
    high[at] = content?.high ?? 0
  }
  return { sums: buildRunningSums({ low, high }), origin: 0 }
}

/** The content fingerprint of one output at a place; undefined when it is not fresh. */
export function findContentAt(
  { evaluationContext, from, start, history, reverted }: ComputationContext,
  at: number,
  output: number,
): Fingerprint | undefined {
  if (
    ((evaluationContext.evaluation.flags[start + at] ?? 0) & stateFlags.fresh) === 0 ||
    history === undefined
  )
    return undefined
  const earlier = reverted.get(at + from)
  if (earlier !== undefined) return earlier.outputs[output]
  const sums = history.sums[output]
  return sums && differenceAt(sums, at + from - history.from)
}

/** Finds the fresh partitions that block their readers: their rows, or rows upstream, fail a current error check. */
function findBlocked(
  context: ComputationContext,
  output: number,
  anyBlocked: boolean,
): BitsetSlice | undefined {
  const { evaluationContext, history, reverted, start, length } = context
  const canFail =
    reverted.size > 0 ||
    history?.versions.some((version) => getFailedChecks(version, output) !== undefined) === true
  if (!canFail && !anyBlocked) return undefined
  const bits = createBitset(length)
  const failsChecks = createFailedCheckTest(context, output)
  const column = evaluationContext.evaluation.flags
  const freshAndBlocked = stateFlags.fresh | stateFlags.blocked
  for (let at = 0; at < length; at += 1)
    if (((column[start + at] ?? 0) & freshAndBlocked) === freshAndBlocked || failsChecks(at))
      setBits(bits, at, at + 1)
  return { bits, start: 0, length }
}

/** Creates the test whether the rows of one output at a place are fresh and fail a current error check. */
export function createFailedCheckTest(
  context: ComputationContext,
  output: number,
): (at: number) => boolean {
  const { evaluationContext, from, start, history } = context
  const failedByIndex = [
    undefined,
    ...(history?.versions.map((version) => getFailedChecks(version, output)) ?? []),
  ]
  const shift = (from - (history?.from ?? 0)) | 0
  return (at) => {
    if (((evaluationContext.evaluation.flags[start + at] ?? 0) & stateFlags.fresh) === 0)
      return false
    const earlier = context.reverted.get(at + from)
    const failedChecks =
      earlier === undefined
        ? failedByIndex[history?.versionIndex[at + shift] ?? 0]
        : getFailedChecks(earlier.version, output)
    return failedChecks !== undefined && isCurrentVersion(context, output, at, failedChecks)
  }
}

/** The check results of one output, if an error check failed. */
function getFailedChecks({ checks }: MaterializationVersion, output: number) {
  const checkVersion = checks[output]
  return checkVersion !== undefined && checkVersion.failedErrors > 0 ? checkVersion : undefined
}

function isCurrentVersion(
  { versions, checkInputs }: ComputationContext,
  output: number,
  at: number,
  { version }: CheckVersion,
): boolean {
  return version === getCheckVersion(versions.checks[output] ?? "", checkInputs[output], at)
}
