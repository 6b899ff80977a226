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
  const free: Uint32Array[][] = [] // binary logarithm of their length → columns
  return {
    lend: (length) => {
      const bits = 32 - Math.clz32(length)
      return free[bits]?.pop() ?? new Uint32Array(2 ** bits)
    },
    takeBack: (column) => {
      const bits = 31 - Math.clz32(column.length)
      const known = free[bits] ?? []
      known.push(column)
      free[bits] = known
    },
  }
}
