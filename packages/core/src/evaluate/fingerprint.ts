/**
 * A 64-bit hash of a text, as two halves of 32 bits. Fingerprints only find candidates: the fingerprint of a window
 * takes one subtraction. Different inputs may collide, so input versions decide which candidates are fresh.
 */
export interface Fingerprint {
  readonly low: number
  readonly high: number
}

/** A column of fingerprints, one element per partition. */
export interface Lanes {
  readonly low: Uint32Array
  readonly high: Uint32Array
}

/** Creates a column of `length` fingerprints, all zero. */
export function createLanes(length: number): Lanes {
  return { low: new Uint32Array(length), high: new Uint32Array(length) }
}

/**
 * Computes running sums of fingerprints: element `at` is the sum of the fingerprints before place `at`, both halves
 * modulo 2^32. There is one element more than there are fingerprints, so that the sum over a range is the difference
 * of two elements.
 */
export function buildRunningSums({ low, high }: Lanes): Lanes {
  const sums = createLanes(low.length + 1)
  for (let at = 0; at < low.length; at += 1) {
    sums.low[at + 1] = (sums.low[at] ?? 0) + (low[at] ?? 0)
    sums.high[at + 1] = (sums.high[at] ?? 0) + (high[at] ?? 0)
  }
  return sums
}

/** Computes the fingerprints from their running sums. */
export function toDifferences(sums: Lanes): Lanes {
  const lanes = createLanes(sums.low.length - 1)
  for (let at = 0; at < lanes.low.length; at += 1) {
    lanes.low[at] = (sums.low[at + 1] ?? 0) - (sums.low[at] ?? 0)
    lanes.high[at] = (sums.high[at + 1] ?? 0) - (sums.high[at] ?? 0)
  }
  return lanes
}

/** The fingerprint at one place of running sums. */
export function differenceAt({ low, high }: Lanes, at: number): Fingerprint {
  return {
    low: ((low[at + 1] ?? 0) - (low[at] ?? 0)) >>> 0,
    high: ((high[at + 1] ?? 0) - (high[at] ?? 0)) >>> 0,
  }
}

/** Computes the fingerprint of a prefix and a text. Each half mixes every UTF-16 unit by the steps and the finalizer of MurmurHash3 (32-bit). */
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
  const rotated = Math.imul((block << 15) | (block >>> 17), 0x1b873593)
  const next = state ^ rotated
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0
}

function finalize(state: number): number {
  let bits = state ^ (state >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits ^= bits >>> 13
  bits = Math.imul(bits, 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** Formats a fingerprint for the ledger: 16 hexadecimal digits. */
export function formatFingerprint({ low, high }: Fingerprint): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0")
}

/** Parses a fingerprint of 16 hexadecimal digits. */
export function parseFingerprint(text: string): Fingerprint {
  return { high: Number.parseInt(text.slice(0, 8), 16), low: Number.parseInt(text.slice(8), 16) }
}

/** Computes the fingerprint of one partition's content. Equal rows in two partitions have different fingerprints. `partition` is the stable partition: its index or static key. */
export function fingerprintContent(partition: number | string, dataVersion: string): Fingerprint {
  return computeFingerprint(dataVersion, `${partition} `)
}
