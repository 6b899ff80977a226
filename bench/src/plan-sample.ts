/** One process that plans the big project, once as a command does and then a few times more. Usage: plan-sample.js <news> <state file>. */
import { type Evaluation, type Snapshot, type World, evaluate, extentsOf } from "@freshet/core"
import { type ParsedQueries, type Plan, newestTargets, stepCount, makePlan } from "@freshet/core"

import { hash } from "./plan-hash.ts"
import { landingOf } from "./plan-history.ts"
import { type Sample, type Took, heldMb, timed, watchPeak } from "./plan-measure.ts"
import { newsOf } from "./plan-news.ts"
import { bigSize, declare, graphOf, shapeOf } from "./plan-project.ts"
import { readState } from "./plan-state-file.ts"

const repeats = 7

const parsed: ParsedQueries = new Map()

function main([kind = "", statePath = ""]: readonly string[]): Sample {
  const shape = shapeOf(bigSize)
  const news = new Map(Object.entries(newsOf(shape))).get(kind)
  if (news === undefined) throw new Error(`${kind} is no news`)
  const declaring = timed(() => declare(shape))
  const building = timed(() => graphOf(declaring.value))
  const reading = timed(() => readState(statePath))
  const landing = landingOf(shape, news)
  const nowMs = shape.days * 86_400_000
  const extending = timed(() => extentsOf(building.value, landing, nowMs))
  const world = { graph: building.value, landing, extents: extending.value }
  const stateMb = heldMb()
  const peakMb = watchPeak()
  const first = planOnce(world, reading.value)
  const memoryMb = { state: stateMb, peak: peakMb(), held: heldMb() - stateMb }
  const { everything, newest } = first
  const steps = { everything: stepCount(everything.value), newest: stepCount(newest.value) }
  const again = Array.from({ length: repeats }, () => planOnce(world, reading.value))
  return {
    first: {
      declare: declaring,
      graph: building,
      state: reading,
      extents: extending,
      ...tookOf(first),
    },
    again: {
      evaluate: again.map((each) => tookOf(each).evaluate),
      everything: again.map((each) => tookOf(each).everything),
      newest: again.map((each) => tookOf(each).newest),
    },
    memoryMb,
    steps,
  }
}

interface Planned {
  readonly evaluated: Took & { readonly value: Evaluation }
  readonly everything: Took & { readonly value: Plan }
  readonly newest: Took & { readonly value: Plan }
}

function planOnce(world: World, snapshot: Snapshot): Planned {
  const evaluated = timed(() => evaluate(world, snapshot, parsed, hash))
  const names = world.graph.computations.flatMap(({ outputs }) => outputs.map(({ asset }) => asset))
  const all = new Map(
    names.flatMap((name) => {
      const range = world.extents.get(name)
      return range === undefined ? [] : [[name, [range]] as const]
    }),
  )
  const request = { targets: all, publish: true }
  const everything = timed(() => makePlan(evaluated.value, request, hash))
  const newest = timed(() => {
    const targets = newestTargets(evaluated.value, names)
    return makePlan(evaluated.value, { targets, publish: true }, hash)
  })
  return { evaluated, everything, newest }
}

function tookOf({ evaluated, everything, newest }: Planned) {
  const took = ({ cpuMs, wallMs }: Took): Took => ({ cpuMs, wallMs })
  return { evaluate: took(evaluated), everything: took(everything), newest: took(newest) }
}

process.stdout.write(
  JSON.stringify(main(process.argv.slice(2)), (key, value: unknown) =>
    key === "value" ? undefined : value,
  ),
)
