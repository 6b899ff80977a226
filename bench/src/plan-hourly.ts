/** One process that judges a million hours once as a command does and then a few times more; first it proves that it finds the right ones. */
import {
  type Evaluation,
  type Plan,
  type ReadVersions,
  assetNamed,
  changedInputs,
} from "@freshet/core"
import {
  countStates,
  evaluate,
  facts,
  makePlan,
  rangesWhere,
  statusAt,
  stepCount,
} from "@freshet/core"

import { correctedDay, hourlySnapshot, hourlyWorld, hours } from "./hourly-world.ts"
import { hash } from "./plan-hash.ts"
import { recordedVersion } from "./plan-history.ts"
import { type Sample, byPhase, heldMb, onlyTook, timed, watchPeak } from "./plan-measure.ts"

const repeats = 15

/** The hours that have to be made: those of the corrected day, with the day after where a trailing day is read, and the newest day. */
function prove(evaluation: Evaluation): void {
  const first = 24 * correctedDay
  for (const computation of evaluation.graph.computations) {
    const last = first + (computation.name === "measured" ? 23 : 46)
    const right = [
      { from: first, to: last },
      { from: hours - 24, to: hours - 1 },
    ]
    expectSame(computation.name, statusOf(evaluation, computation.name).ranges, right)
  }
  const partitions = [{ from: correctedDay, to: correctedDay }]
  expectSame("the cause", whyOf(evaluation).changed, [{ asset: "log", partitions }])
}

function expectSame(what: string, found: unknown, right: unknown): void {
  const [is, should] = [JSON.stringify(found), JSON.stringify(right)]
  if (is !== should) throw new Error(`${what} is ${is}, and should be ${should}`)
}

/** Why an hour of the corrected day is stale. */
function whyOf(evaluation: Evaluation) {
  const { computation } = assetNamed(evaluation.graph, "measured")
  const hour = 24 * correctedDay + 5
  const versions = [[correctedDay, recordedVersion(0, correctedDay)]] as const
  const then: readonly ReadVersions[] = [{ relation: "log", asset: "log", short: false, versions }]
  const status = statusAt(evaluation, computation, hour)
  return { status, changed: changedInputs(evaluation, computation, hour, then) }
}

function statusOf(evaluation: Evaluation, name: string) {
  const { computation } = assetNamed(evaluation.graph, name)
  const ranges = rangesWhere(evaluation, computation, (bits) => (bits & facts.fresh) === 0)
  return { counts: countStates(evaluation, computation), ranges }
}

function planOf(evaluation: Evaluation): Plan {
  const names = evaluation.graph.computations.map(({ name }) => name)
  const targets = new Map(names.map((name) => [name, [{ from: 0, to: hours - 1 }]]))
  return makePlan(evaluation, { targets, publish: true }, hash)
}

function main(): Sample {
  const world = hourlyWorld()
  const before = heldMb()
  const snapshot = hourlySnapshot()
  const parsed = new Map<string, string>()
  const once = () => {
    const evaluated = timed(() => evaluate(world, snapshot, parsed, hash))
    const { value } = evaluated
    const names = world.graph.computations.map(({ name }) => name)
    const status = timed(() => names.map((name) => statusOf(value, name)))
    const [plan, why] = [timed(() => planOf(value)), timed(() => whyOf(value))]
    return { evaluation: value, plan, took: { evaluate: evaluated, plan, status, why } }
  }
  const state = heldMb() - before
  const peak = watchPeak()
  const first = once()
  const memoryMb = { state, peak: peak(), held: heldMb() - before - state }
  prove(first.evaluation)
  const again = Array.from({ length: repeats }, () => onlyTook(once().took))
  const steps = { plan: stepCount(first.plan.value) }
  return { first: onlyTook(first.took), again: byPhase(again), memoryMb, steps }
}

process.stdout.write(JSON.stringify(main()))
