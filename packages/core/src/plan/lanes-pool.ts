import type { Lanes } from "../fingerprint.ts"

/** Lends columns of fingerprints, longer than asked for and with whatever they last held, and takes them back to lend them again. */
export interface LanesPool {
  readonly lend: (length: number) => Lanes
  readonly takeBack: (lanes: Lanes) => void
}

const CHUNK = 1 << 18

/** A pool without columns. They are cut out of few large pieces of memory: thousands of their own would cost more than what is done with them. */
export function lanesPool(): LanesPool {
  const free = new Map<number, Lanes[]>() // length → columns
  let chunk = new Uint32Array(0)
  let used = 0
  const cut = (length: number): Uint32Array => {
    if (used + length > chunk.length) {
      chunk = new Uint32Array(Math.max(length, CHUNK))
      used = 0
    }
    used += length
    return chunk.subarray(used - length, used)
  }
  return {
    lend: (length) => {
      const room = roomFor(length)
      return free.get(room)?.pop() ?? { low: cut(room), high: cut(room) }
    },
    takeBack: (lanes) => {
      const known = free.get(lanes.low.length)
      if (known === undefined) free.set(lanes.low.length, [lanes])
      else known.push(lanes)
    },
  }
}

/** A few lengths serve all, none of them a power of two: columns that lie so far apart share the places in a cache. */
function roomFor(length: number): number {
  const step = 2 ** Math.max(4, 28 - Math.clz32(length))
  return Math.ceil(length / step) * step + 16
}
