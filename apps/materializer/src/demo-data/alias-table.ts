import type { Random } from "./random.ts"

/** A weighted choice among 0 … n − 1, made in constant time whatever n is. */
export interface AliasTable {
  readonly thresholds: Uint32Array
  readonly aliases: Int32Array
}

const TWO_32 = 2 ** 32

/** The table for these weights, at least one of them positive (Vose's method, in + − × ÷ only, so that every machine builds the same). */
export function aliasTable(weights: ArrayLike<number>): AliasTable {
  const shares = sharesOf(weights)
  const thresholds = new Uint32Array(shares.length).fill(TWO_32 - 1)
  const aliases = Int32Array.from(shares, (_, index) => index)
  const poor: number[] = []
  const rich: number[] = []
  shares.forEach((share, index) => (share < 1 ? poor : rich).push(index))
  while (poor.length > 0 && rich.length > 0) {
    const taker = poor.pop() ?? 0
    const giver = rich.pop() ?? 0
    const share = shares[taker] ?? 0
    thresholds[taker] = Math.floor(share * (TWO_32 - 1))
    aliases[taker] = giver
    shares[giver] = (shares[giver] ?? 0) - (1 - share)
    const isPoor = (shares[giver] ?? 0) < 1
    ;(isPoor ? poor : rich).push(giver)
  }
  return { thresholds, aliases }
}

/** One choice: an index of the weights the table was made from. */
export function drawIndex(table: AliasTable, random: Random): number {
  const index = random.below(table.thresholds.length)
  const isOwn = random.next() <= (table.thresholds[index] ?? 0)
  return isOwn ? index : (table.aliases[index] ?? 0)
}

function sharesOf(weights: ArrayLike<number>): Float64Array {
  const shares = Float64Array.from(weights)
  const total = shares.reduce((sum, weight) => sum + weight, 0)
  return shares.map((weight) => (weight * shares.length) / total)
}
