const CHUNK = 1 << 20

/** Gives byte columns of zeros out of few large pieces of memory: ten thousand of their own would cost more than what is done with them. */
export function byteColumns(): (length: number) => Uint8Array {
  let chunk = new Uint8Array(0)
  let used = 0
  return (length) => {
    if (used + length > chunk.length) {
      chunk = new Uint8Array(Math.max(length, CHUNK))
      used = 0
    }
    used += length
    return chunk.subarray(used - length, used)
  }
}

/** Lends columns of whole numbers, longer than asked for and with whatever they last held, and takes them back to lend them again. */
export interface ColumnPool {
  readonly lend: (length: number) => Uint32Array
  readonly takeBack: (column: Uint32Array) => void
}

/** A pool without columns. */
export function columnPool(): ColumnPool {
  const free = new Map<number, Uint32Array[]>() // length → columns
  return {
    lend: (length) => {
      const room = roomFor(length)
      return free.get(room)?.pop() ?? new Uint32Array(room)
    },
    takeBack: (column) => {
      const known = free.get(column.length)
      if (known === undefined) free.set(column.length, [column])
      else known.push(column)
    },
  }
}

/** A few lengths serve all, none of them a power of two: columns that lie so far apart share the places in a cache. */
function roomFor(length: number): number {
  const step = 2 ** Math.max(4, 28 - Math.clz32(length))
  return Math.ceil(length / step) * step + 16
}
