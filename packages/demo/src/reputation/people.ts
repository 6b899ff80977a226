import { createRandom, type Random } from "@freshet/core/engine"

import { buildAliasTable, drawIndex } from "../alias-table.ts"
import { computeZipfWeights } from "../zipf.ts"

/** People of a generated site: their ids are 1 to `count`. */
export interface People {
  readonly count: number
  /** Tests if a person writes with care; one in three does, and the site recommends them. */
  readonly isCareful: (id: number) => boolean
  readonly isSuspended: (id: number) => boolean
  /** Draws a person; few are much more active and liked than the others. */
  readonly draw: (random: Random) => number
  /** Draws a person with whom another one engages, mostly of the same circle. */
  readonly drawNear: (id: number, random: Random) => number
}

const suspendedOneIn = 50
const circleSize = 15

export function createPeople(seed: number, count: number): People {
  const careful = drawFlags(createRandom(seed, "careful people"), count, 3)
  const suspended = drawFlags(createRandom(seed, "suspended people"), count, suspendedOneIn)
  const activity = buildAliasTable(computeZipfWeights(count, 0.7))
  const draw = (random: Random) => drawIndex(activity, random) + 1
  return {
    count,
    isCareful: (id) => careful[id] === 1,
    isSuspended: (id) => suspended[id] === 1,
    draw,
    drawNear: (id, random) => {
      if (random.below(4) === 0) return draw(random)
      const circle = Math.floor((id - 1) / circleSize) * circleSize
      return Math.min(count, circle + 1 + random.below(circleSize))
    },
  }
}

function drawFlags(random: Random, count: number, oneIn: number): Uint8Array {
  const flags = new Uint8Array(count + 1)
  for (let id = 1; id <= count; id += 1) flags[id] = random.below(oneIn) === 0 ? 1 : 0
  return flags
}
