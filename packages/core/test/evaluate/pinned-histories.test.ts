import { expect, test } from "vitest"

import { createRandom, type Graph, type Random, type ReadVersions } from "../../src/engine.ts"
import { asLanded, last, previous, sql } from "../../src/index.ts"
import {
  afterDay,
  buildValidGraph,
  dailyAsset,
  day,
  snapshotSource,
  source,
} from "../declarations.ts"
import { findReads } from "../memory-ledger.ts"
import { createMemoryProject, land, type MemoryProject, run } from "../memory-project.ts"

const prices = snapshotSource("prices")
const raw = source("raw", { whenMissing: "gap" })
const lastDay = 6

function declare(salt: string): Graph {
  const value = dailyAsset(
    "value",
    sql`${salt} from ${asLanded(prices)}, ${asLanded(last(2, raw))}, ${raw}, ${previous()}`,
  )
  return buildValidGraph(prices, raw, value, dailyAsset("next", sql`from ${last(2, value)}`))
}

/** The recorded reads as landed of each materialized partition. */
function listPins(project: MemoryProject, graph: Graph): ReadonlyMap<number, string> {
  const [computation] = graph.computations
  if (computation === undefined) throw new Error("nothing is declared")
  const pins = new Map<number, string>()
  for (let index = day(1); index <= day(lastDay); index += 1) {
    const reads = findReads(project, graph, computation, index).filter(isPinned)
    if (reads.length > 0) pins.set(index, JSON.stringify(reads.map(({ versions }) => versions)))
  }
  return pins
}

function isPinned({ relation }: ReadVersions): boolean {
  return relation.endsWith("as landed]")
}

/** Changes files, or wipes the materializations of a day. Returns the wiped day. */
function edit(project: MemoryProject, random: Random): number | undefined {
  const index = day(1 + random.below(lastDay))
  switch (random.below(6)) {
    case 0:
      land(project, "prices", 0, `p${random.below(3)}`)
      return undefined
    case 1:
      if (random.below(3) === 0) land(project, "prices", 0, undefined)
      return undefined
    case 2:
      land(project, "raw", index, undefined)
      return undefined
    case 3: {
      const retained = project.records.filter(
        ({ record }) => record.asset !== "value" || record.partition !== index,
      )
      project.records.splice(0, Infinity, ...retained)
      project.proof = undefined
      return index
    }
    default:
      land(project, "raw", index, `r${random.below(3)}`)
      return undefined
  }
}

test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  "pins stay through any history of files, code and wipes, and a second run has nothing to do: %i",
  async (seed) => {
    const random = createRandom(seed, "pins")
    const project = createMemoryProject(afterDay(lastDay))
    project.storesProofs = seed % 2 === 0
    land(project, "prices", 0, "p0")
    for (let index = day(1); index <= day(3); index += 1) land(project, "raw", index, "r0")
    for (let chapter = 0; chapter < 6; chapter += 1) {
      const graph = declare(`v${random.below(2)}`)
      const pins = new Map(listPins(project, graph))
      for (let edits = random.below(4); edits >= 0; edits -= 1) {
        const wiped = edit(project, random)
        if (wiped !== undefined) pins.delete(wiped)
      }
      await run(project, graph)
      const newPins = listPins(project, graph)
      for (const [index, pin] of pins) expect(newPins.get(index)).toBe(pin)
      expect((await run(project, graph)).planned).toEqual([])
    }
  },
)
