import { type Bitset, isSet, setBits, nextSet, nextUnset, clearBits } from "../partitions/bitset.ts"
import type { DeclaredVersions } from "./declared-versions.ts"
import { evaluatePartitions } from "./evaluate-partitions.ts"
import {
  type EvaluationContext,
  type ComputationContext,
  noReverted,
} from "./evaluation-context.ts"
import { type Fingerprint, createLanes, parseFingerprint } from "./fingerprint.ts"
import type { MaterializationHistory } from "./ledger-snapshot.ts"
import type { NumberedComputation } from "./numbered-graph.ts"
import { addOutputSums, findContentAt, createFailedCheckTest } from "./output-sums.ts"
import { sumReads } from "./read-sums.ts"
import { type ComputationStates, stateFlags } from "./states.ts"
import type { PartitionSpan } from "./windows.ts"

/** Evaluates every partition of a computation. The computations that it reads are evaluated before it. */
export function evaluateComputation(
  evaluationContext: EvaluationContext,
  numbered: NumberedComputation,
  { from, length }: PartitionSpan,
  start: number,
): ComputationStates {
  const { snapshot, versions, removedInputs, pinnedInputs } = evaluationContext.evaluation
  const history = snapshot.histories.get(numbered.computation.name)
  const context: ComputationContext = {
    evaluationContext,
    numbered,
    versions: versions[numbered.number] ?? noVersions,
    from,
    length,
    start,
    history,
    collisions: snapshot.collisions?.get(numbered.computation.name),
    checkInputs: createCheckInputs(numbered, length),
    removed: removedInputs?.get(numbered.computation.name),
    pinned: pinnedInputs?.get(numbered.computation.name),
    freshCount: 0,
    reverted: noReverted,
  }
  setBits(evaluationContext.evaluation.stale, start, start + length)
  if (history !== undefined) setVersionFlags(context, history)
  sumReads(context)
  if (numbered.past === undefined) evaluatePartitions(context, 0, length)
  else evaluateInOrder(context, numbered.past)
  moveBitsToFlags(context, evaluationContext.unknown, stateFlags.unknown)
  const isAnyInputBlocked = moveBitsToFlags(context, evaluationContext.blocked, stateFlags.blocked)
  const anyBlocked = setRemovedFlags(context) || isAnyInputBlocked
  if (snapshot.failures.size > 0) setFailedFlags(context)
  addOutputSums(context, anyBlocked)
  const allFresh = context.freshCount === length
  const allChecked = history === undefined || hasCurrentChecks(history, context)
  const { checkInputs, reverted } = context
  return { from, length, start, allFresh, anyBlocked, allChecked, reverted, checkInputs }
}

const noCheckInputs: ComputationContext["checkInputs"] = []

/** Creates the columns for the inputs of checks, of the outputs whose checks have further reads. */
function createCheckInputs(
  { computation, reads }: NumberedComputation,
  length: number,
): ComputationContext["checkInputs"] {
  const checkedOutputs = new Set(reads.map(({ checkedOutput }) => checkedOutput))
  if (!computation.outputs.some((_, output) => checkedOutputs.has(output))) return noCheckInputs
  return computation.outputs.map((_, output) =>
    checkedOutputs.has(output) ? createLanes(length) : undefined,
  )
}

const noVersions: DeclaredVersions = { code: "", lowCode: 0, highCode: 0, checks: [] }

/** Sets a flag for every partition of a bitset and clears the bitset. Returns whether it held any. */
function moveBitsToFlags(
  { evaluationContext, start, length }: ComputationContext,
  bits: Bitset,
  flag: number,
): boolean {
  const column = evaluationContext.evaluation.flags
  let begin = nextSet(bits, 0, length)
  if (begin === length) return false
  while (begin < length) {
    const end = nextUnset(bits, begin, length)
    for (let at = start + begin; at < start + end; at += 1) column[at] = (column[at] ?? 0) | flag
    begin = nextSet(bits, end, length)
  }
  clearBits(bits, 0, length)
  return true
}

/** Sets the flag of partitions whose rows cannot be recomputed; those whose inputs differ are blocked. Returns whether any is. */
function setRemovedFlags(context: ComputationContext): boolean {
  const { evaluationContext, removed, from, start, length } = context
  const column = evaluationContext.evaluation.flags
  let anyBlocked = false
  for (const partition of removed?.keys() ?? []) {
    if (partition < from || partition >= from + length) continue
    const place = start + partition - from
    const flags = (column[place] ?? 0) | stateFlags.sourceRemoved
    const isStale = (flags & (stateFlags.fresh | stateFlags.unknown)) === 0
    column[place] = isStale ? flags | stateFlags.blocked : flags
    anyBlocked ||= isStale
  }
  return anyBlocked
}

function setVersionFlags(
  { evaluationContext, versions }: ComputationContext,
  { versions: pastVersions }: MaterializationHistory,
): void {
  for (let at = 0; at < pastVersions.length; at += 1)
    evaluationContext.versionFlags[at + 1] =
      pastVersions[at]?.codeVersion === versions.code
        ? stateFlags.materialized
        : stateFlags.materialized | stateFlags.codeChanged
}

/** Evaluates partitions that read the partition before them, in order: each one needs the content of its predecessor. */
function evaluateInOrder(context: ComputationContext, factor: Fingerprint): void {
  const { evaluationContext, length } = context
  const { inputs } = evaluationContext
  const failsChecks = createFailedCheckTest(context, 0)
  evaluatePartitions(context, 0, 1)
  for (let at = 1; at < length; at += 1) {
    const previousContent = findContentAt(context, at - 1, 0)
    if (previousContent === undefined) setBits(evaluationContext.unknown, at, at + 1)
    else {
      inputs.low[at] = (inputs.low[at] ?? 0) + Math.imul(factor.low, previousContent.low)
      inputs.high[at] = (inputs.high[at] ?? 0) + Math.imul(factor.high, previousContent.high)
    }
    const isPreviousBlocked =
      previousContent !== undefined && isSet(evaluationContext.blocked, at - 1)
    if (isPreviousBlocked || failsChecks(at - 1)) setBits(evaluationContext.blocked, at, at + 1)
    evaluatePartitions(context, at, at + 1)
  }
}

/** Sets the failed flag of partitions whose last attempt failed with the current inputs. */
function setFailedFlags({
  evaluationContext,
  numbered,
  from,
  start,
  length,
}: ComputationContext): void {
  const { inputs, evaluation } = evaluationContext
  const failures = evaluation.snapshot.failures.get(numbered.computation.name) ?? []
  for (const [index, failure] of failures) {
    const at = index - from
    if (at < 0 || at >= length) continue
    const flags = evaluation.flags[start + at] ?? 0
    const { low, high } = parseFingerprint(failure.fingerprint)
    const isSame = low === inputs.low[at] && high === inputs.high[at]
    if ((flags & (stateFlags.fresh | stateFlags.unknown)) === 0 && isSame)
      evaluation.flags[start + at] = flags | stateFlags.failed
  }
}

/** Tests whether the current checks ran on every materialization of a history, so that no partition needs a check. False where that takes a look at each partition. */
function hasCurrentChecks(
  { versions, earlier }: MaterializationHistory,
  { versions: { checks }, checkInputs }: ComputationContext,
): boolean {
  if (earlier.size > 0 || checkInputs.length > 0) return false
  for (const version of versions)
    for (let output = 0; output < checks.length; output += 1)
      if (version.checks[output]?.version !== checks[output]) return false
  return true
}
