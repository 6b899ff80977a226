/**
 * 64 bits that stand for a text, as two halves of 32. Planning compares fingerprints, not versions: the fingerprint
 * of a window is then one subtraction. Two different inputs share one with a chance of 1 in 2^64.
 */
export interface Fingerprint {
  readonly low: number
  readonly high: number
}

/** A column of fingerprints, an element a partition. */
export interface Lanes {
  readonly low: Uint32Array
  readonly high: Uint32Array
}

/** Room for the fingerprints of `length` partitions. */
export function createLanes(length: number): Lanes {
  return { low: new Uint32Array(length), high: new Uint32Array(length) }
}

/**
 * Running sums of fingerprints: element `at` is the sum of those before place `at`, both halves modulo 2^32. There is
 * one element more than there are fingerprints, so that the sum of neighbours is the difference of two elements.
 */
export function buildRunningSums({ low, high }: Lanes): Lanes {
  const sums = createLanes(low.length + 1)
  for (let at = 0; at < low.length; at += 1) {
    sums.low[at + 1] = (sums.low[at] ?? 0) + (low[at] ?? 0)
    sums.high[at + 1] = (sums.high[at] ?? 0) + (high[at] ?? 0)
  }
  return sums
}

/** The fingerprints that running sums were made from. */
export function toDifferences(sums: Lanes): Lanes {
  const lanes = createLanes(sums.low.length - 1)
  for (let at = 0; at < lanes.low.length; at += 1) {
    lanes.low[at] = (sums.low[at + 1] ?? 0) - (sums.low[at] ?? 0)
    lanes.high[at] = (sums.high[at + 1] ?? 0) - (sums.high[at] ?? 0)
  }
  return lanes
}

/** The fingerprint at a place of running sums. */
export function differenceAt({ low, high }: Lanes, at: number): Fingerprint {
  return {
    low: ((low[at + 1] ?? 0) - (low[at] ?? 0)) >>> 0,
    high: ((high[at + 1] ?? 0) - (high[at] ?? 0)) >>> 0,
  }
}

/** The fingerprint of a text, or of one after another: each half takes every character, by the steps and the finish of MurmurHash3's 32-bit form. */
export function computeFingerprint(text: string, prefix = ""): Fingerprint {
  let low = 0x9747b28c
  let high = 0x3c6ef372
  const length = prefix.length + text.length
  for (let at = 0; at < length; at += 1) {
    const unit = at < prefix.length ? prefix.charCodeAt(at) : text.charCodeAt(at - prefix.length)
    low = mixBlock(low, Math.imul(unit, 0xcc9e2d51))
    high = mixBlock(high, Math.imul(unit, 0x1b873593) ^ low)
  }
  return { low: finalize(low ^ length), high: finalize(high ^ Math.imul(length, 31)) }
}

function mixBlock(state: number, block: number): number {
  const turned = Math.imul((block << 15) | (block >>> 17), 0x1b873593)
  const next = state ^ turned
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0
}

function finalize(state: number): number {
  let bits = state ^ (state >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits ^= bits >>> 13
  bits = Math.imul(bits, 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** A fingerprint as the ledger writes it: 16 hexadecimal digits. */
export function formatFingerprint({ low, high }: Fingerprint): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0")
}

/** The fingerprint that was written so. */
export function parseFingerprint(text: string): Fingerprint {
  return { high: Number.parseInt(text.slice(0, 8), 16), low: Number.parseInt(text.slice(8), 16) }
}

/** Stands for the content of one partition: the same rows in another partition have another fingerprint. `partition` is its index, or its key where keys are a set. */
export function fingerprintContent(partition: number | string, dataVersion: string): Fingerprint {
  return computeFingerprint(dataVersion, `${partition} `)
}
