/** A stream of pseudo-random numbers that depends only on its keys: equal on every machine and JavaScript engine. */
export interface Random {
  /** An integer from 0 to 2^32 − 1. */
  readonly next: () => number
  /** An integer from 0 to `limit` − 1, for limits up to 2^32. */
  readonly below: (limit: number) => number
}

const TWO_32 = 2 ** 32

/**
 * Creates the stream of some keys, as in `createRandom(seed, "authors", day)`. The generator is Chris
 * Doty-Humphrey's sfc32, seeded by the mixing steps of MurmurHash3: 32-bit integers throughout.
 */
export function createRandom(...keys: readonly (number | string)[]): Random {
  const state = Int32Array.of(hashKeys(1, keys), hashKeys(2, keys), hashKeys(3, keys), 1)
  const next = (): number => {
    const [a, b, c, count] = [state[0] ?? 0, state[1] ?? 0, state[2] ?? 0, state[3] ?? 0]
    const result = (a + b + count) | 0
    state[3] = count + 1
    state[0] = b ^ (b >>> 9)
    state[1] = c + (c << 3)
    state[2] = ((c << 21) | (c >>> 11)) + result
    return result >>> 0
  }
  for (let warmUp = 0; warmUp < 15; warmUp += 1) next()
  return { next, below: (limit) => Math.floor((next() * limit) / TWO_32) }
}

/** Shuffles the numbers 1 to `count` (Fisher–Yates). */
export function shuffleIds(count: number, random: Random): Int32Array {
  const ids = Int32Array.from({ length: count }, (_, index) => index + 1)
  for (let last = count - 1; last > 0; last -= 1) {
    const other = random.below(last + 1)
    const moved = ids[last] ?? 0
    ids[last] = ids[other] ?? 0
    ids[other] = moved
  }
  return ids
}

function hashKeys(lane: number, keys: readonly (number | string)[]): number {
  const hash = keys.flatMap(toWords).reduce(mixWord, Math.imul(lane, 0x9e3779b1))
  const folded = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return Math.imul(folded ^ (folded >>> 13), 0xc2b2ae35)
}

function toWords(key: number | string): number[] {
  if (typeof key === "number") return [key | 0, Math.floor(key / TWO_32) | 0]
  return [key.length, ...Array.from(key, (character) => character.codePointAt(0) ?? 0)]
}

function mixWord(hash: number, word: number): number {
  const scrambled = Math.imul(word, 0xcc9e2d51)
  const turned = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593)
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0
}
