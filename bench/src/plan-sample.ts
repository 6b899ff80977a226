/** One process that plans the big project, once as a command does and then a few times more. Usage: plan-sample.js <news> <state file>. */
import { type Snapshot, type World, evaluate, extentsOf } from "@freshet/core"
import { type ParsedQueries, newestTargets, stepCount, makePlan } from "@freshet/core"

import { hash } from "./plan-hash.ts"
import { landingOf } from "./plan-history.ts"
import { type Sample, byPhase, heldMb, onlyTook, timed, watchPeak } from "./plan-measure.ts"
import { newsOf } from "./plan-news.ts"
import { bigSize, declare, graphOf, shapeOf } from "./plan-project.ts"
import { readState } from "./plan-state-file.ts"

const repeats = 15

const parsed: ParsedQueries = new Map()

function main([kind = "", statePath = ""]: readonly string[]): Sample {
  const shape = shapeOf(bigSize)
  const news = new Map(Object.entries(newsOf(shape))).get(kind)
  if (news === undefined) throw new Error(`${kind} is no news`)
  const declaring = timed(() => declare(shape))
  const building = timed(() => graphOf(declaring.value))
  const landing = landingOf(shape, news)
  const before = heldMb()
  const reading = timed(() => readState(statePath, building.value))
  const nowMs = shape.days * 86_400_000
  const extending = timed(() => extentsOf(building.value, landing, nowMs))
  const world = { graph: building.value, landing, extents: extending.value }
  const heldAll = heldMb()
  const peakMb = watchPeak()
  const first = planOnce(world, reading.value)
  const memoryMb = { state: heldAll - before, peak: peakMb(), held: heldMb() - heldAll }
  const { everything, newest } = first
  const steps = { everything: stepCount(everything.value), newest: stepCount(newest.value) }
  const again = Array.from({ length: repeats }, () => planOnce(world, reading.value))
  const start = { declare: declaring, graph: building, state: reading, extents: extending }
  return {
    first: onlyTook({ ...start, ...first }),
    again: byPhase(again.map(onlyTook)),
    memoryMb,
    steps,
  }
}

function planOnce(world: World, snapshot: Snapshot) {
  const evaluation = timed(() => evaluate(world, snapshot, parsed, hash))
  const names = world.graph.computations.flatMap(({ outputs }) => outputs.map(({ asset }) => asset))
  const all = new Map(
    names.flatMap((name) => {
      const range = world.extents.get(name)
      return range === undefined ? [] : [[name, [range]] as const]
    }),
  )
  const request = { targets: all, publish: true }
  const everything = timed(() => makePlan(evaluation.value, request, hash))
  const newest = timed(() => {
    const targets = newestTargets(evaluation.value, names)
    return makePlan(evaluation.value, { targets, publish: true }, hash)
  })
  return { evaluate: evaluation, everything, newest }
}

process.stdout.write(JSON.stringify(main(process.argv.slice(2))))
