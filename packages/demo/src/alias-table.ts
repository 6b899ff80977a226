import type { Random } from "@freshet/core/engine"

/** Table for weighted choices among 0 … n − 1 in constant time. */
export interface AliasTable {
  readonly thresholds: Uint32Array
  readonly aliases: Int32Array
}

const TWO_32 = 2 ** 32

/** Builds the table for these weights, at least one of them positive (Vose's method, in + − × ÷ only, so that every machine builds the same table). */
export function buildAliasTable(weights: ArrayLike<number>): AliasTable {
  const shares = toShares(weights)
  const thresholds = new Uint32Array(shares.length).fill(TWO_32 - 1)
  const aliases = Int32Array.from(shares, (_, index) => index)
  const underfull: number[] = []
  const overfull: number[] = []
  shares.forEach((share, index) => (share < 1 ? underfull : overfull).push(index))
  while (underfull.length > 0 && overfull.length > 0) {
    const underfullIndex = underfull.pop() ?? 0
    const overfullIndex = overfull.pop() ?? 0
    const share = shares[underfullIndex] ?? 0
    thresholds[underfullIndex] = Math.floor(share * (TWO_32 - 1))
    aliases[underfullIndex] = overfullIndex
    shares[overfullIndex] = (shares[overfullIndex] ?? 0) - (1 - share)
    const isPoor = (shares[overfullIndex] ?? 0) < 1
    ;(isPoor ? underfull : overfull).push(overfullIndex)
  }
  return { thresholds, aliases }
}

/** Draws an index of the weights. */
export function drawIndex(table: AliasTable, random: Random): number {
  const index = random.below(table.thresholds.length)
  const isBelowThreshold = random.next() <= (table.thresholds[index] ?? 0)
  return isBelowThreshold ? index : (table.aliases[index] ?? 0)
}

function toShares(weights: ArrayLike<number>): Float64Array {
  const shares = Float64Array.from(weights)
  const total = shares.reduce((sum, weight) => sum + weight, 0)
  return shares.map((weight) => (weight * shares.length) / total)
}
