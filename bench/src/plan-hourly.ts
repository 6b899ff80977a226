/** Evaluates a million hours in one process, once like a command and then a few times more, after a check of the result. */
import {
  buildPlan,
  countStates,
  countSteps,
  evaluate,
  type Evaluation,
  getAsset,
  getStatus,
  listChangedInputs,
  listRangesWhere,
  type Plan,
  type ReadVersions,
  stateFlags,
} from "@freshet/core/engine"

import { correctedDay, createHourlySnapshot, createHourlyInputs, hours } from "./hourly-project.ts"
import { hash } from "./plan-hash.ts"
import { getRecordedVersion } from "./plan-ledger.ts"
import {
  type Sample,
  groupByPhase,
  readHeldMb,
  toTimings,
  measureTime,
  watchPeak,
} from "./plan-measure.ts"

const repeats = 15

/** Lists the hours to materialize: those of the corrected day, the day after it for a trailing window, and the newest day. */
function prove(evaluation: Evaluation): void {
  const first = 24 * correctedDay
  for (const computation of evaluation.graph.computations) {
    const last = first + (computation.name === "measured" ? 23 : 46)
    const expectedRanges = [
      { from: first, to: last },
      { from: hours - 24, to: hours - 1 },
    ]
    expectSame(
      computation.name,
      summarizeStatus(evaluation, computation.name).ranges,
      expectedRanges,
    )
  }
  const partitions = [{ from: correctedDay, to: correctedDay }]
  expectSame("the cause", explainHour(evaluation).changed, [{ asset: "log", partitions }])
}

function expectSame(subject: string, actual: unknown, expected: unknown): void {
  const [actualText, expectedText] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (actualText !== expectedText)
    throw new Error(`${subject} is ${actualText}, and should be ${expectedText}`)
}

/** Explains why an hour of the corrected day is stale. */
function explainHour(evaluation: Evaluation) {
  const { computation } = getAsset(evaluation.graph, "measured")
  const hour = 24 * correctedDay + 5
  const versions = [[correctedDay, getRecordedVersion(0, correctedDay)]] as const
  const recordedReads: readonly ReadVersions[] = [
    { relation: "log", asset: "log", short: false, versions },
  ]
  const status = getStatus(evaluation, computation, hour)
  return { status, changed: listChangedInputs(evaluation, computation, hour, recordedReads) }
}

function summarizeStatus(evaluation: Evaluation, name: string) {
  const { computation } = getAsset(evaluation.graph, name)
  const ranges = listRangesWhere(evaluation, computation, (bits) => (bits & stateFlags.fresh) === 0)
  return { counts: countStates(evaluation, computation), ranges }
}

function createPlan(evaluation: Evaluation): Plan {
  const names = evaluation.graph.computations.map(({ name }) => name)
  const targets = new Map(names.map((name) => [name, [{ from: 0, to: hours - 1 }]]))
  return buildPlan(evaluation, { targets, publish: true })
}

function main(): Sample {
  const inputs = createHourlyInputs()
  const heldMbAtStart = readHeldMb()
  const snapshot = createHourlySnapshot()
  const parsed = new Map<string, string>()
  const runOnce = () => {
    const evaluationTiming = measureTime(() => evaluate(inputs, snapshot, parsed, hash))
    const { value } = evaluationTiming
    const names = inputs.graph.computations.map(({ name }) => name)
    const status = measureTime(() => names.map((name) => summarizeStatus(value, name)))
    const [plan, why] = [
      measureTime(() => createPlan(value)),
      measureTime(() => explainHour(value)),
    ]
    return { evaluation: value, plan, took: { evaluate: evaluationTiming, plan, status, why } }
  }
  const state = readHeldMb() - heldMbAtStart
  const peak = watchPeak()
  const first = runOnce()
  const memoryMb = { state, peak: peak(), held: readHeldMb() - heldMbAtStart - state }
  prove(first.evaluation)
  const repeatedTimings = Array.from({ length: repeats }, () => toTimings(runOnce().took))
  const steps = { plan: countSteps(first.plan.value) }
  return { first: toTimings(first.took), again: groupByPhase(repeatedTimings), memoryMb, steps }
}

process.stdout.write(JSON.stringify(main()))
