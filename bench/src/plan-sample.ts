/** Plans the big project in one process, once like a command and then a few times more. Usage: plan-sample.js <news> <state file>. */
import {
  buildPlan,
  countSteps,
  evaluate,
  type EvaluationInputs,
  findPartitionBounds,
  type LedgerSnapshot,
  listNewestTargets,
  type ParsedQueries,
} from "@freshet/core/engine"

import { hash } from "./plan-hash.ts"
import { createLanding } from "./plan-ledger.ts"
import {
  type Sample,
  groupByPhase,
  readHeldMb,
  toTimings,
  measureTime,
  watchPeak,
} from "./plan-measure.ts"
import { bigSize, declareAssets, buildValidGraph, createShape } from "./plan-project.ts"
import { createScenarios } from "./plan-scenarios.ts"
import { readState } from "./plan-state-file.ts"

const repeats = 15

const parsed: ParsedQueries = new Map()

function main([kind = "", statePath = ""]: readonly string[]): Sample {
  const shape = createShape(bigSize)
  const scenario = new Map(Object.entries(createScenarios(shape))).get(kind)
  if (scenario === undefined) throw new Error(`${kind} is no news`)
  const declarationTiming = measureTime(() => declareAssets(shape))
  const graphTiming = measureTime(() => buildValidGraph(declarationTiming.value))
  const landing = createLanding(shape, scenario)
  const heldMbAtStart = readHeldMb()
  const stateTiming = measureTime(() => readState(statePath, graphTiming.value))
  const nowMs = shape.days * 86_400_000
  const boundsTiming = measureTime(() => findPartitionBounds(graphTiming.value, landing, nowMs))
  const inputs = { graph: graphTiming.value, landing, bounds: boundsTiming.value }
  const heldAll = readHeldMb()
  const peakMb = watchPeak()
  const first = planOnce(inputs, stateTiming.value)
  const memoryMb = { state: heldAll - heldMbAtStart, peak: peakMb(), held: readHeldMb() - heldAll }
  const { everything, newest } = first
  const steps = { everything: countSteps(everything.value), newest: countSteps(newest.value) }
  const again = Array.from({ length: repeats }, () => planOnce(inputs, stateTiming.value))
  const start = {
    declare: declarationTiming,
    graph: graphTiming,
    state: stateTiming,
    bounds: boundsTiming,
  }
  return {
    first: toTimings({ ...start, ...first }),
    again: groupByPhase(again.map(toTimings)),
    memoryMb,
    steps,
  }
}

function planOnce(inputs: EvaluationInputs, snapshot: LedgerSnapshot) {
  const evaluation = measureTime(() => evaluate(inputs, snapshot, parsed, hash))
  const names = inputs.graph.computations.flatMap(({ outputs }) =>
    outputs.map(({ asset }) => asset),
  )
  const all = new Map(
    names.flatMap((name) => {
      const range = inputs.bounds.get(name)
      return range === undefined ? [] : [[name, [range]] as const]
    }),
  )
  const request = { targets: all, publish: true }
  const everything = measureTime(() => buildPlan(evaluation.value, request))
  const newest = measureTime(() => {
    const targets = listNewestTargets(evaluation.value, names)
    return buildPlan(evaluation.value, { targets, publish: true })
  })
  return { evaluate: evaluation, everything, newest }
}

process.stdout.write(JSON.stringify(main(process.argv.slice(2))))
