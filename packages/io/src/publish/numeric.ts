const base = 10_000n
const baseDigits = 4
const negative = 0x4000
const headerBytes = 8

/** A decimal as PostgreSQL's binary `numeric`: digits to the base 10,000, the weight of the first, the sign, the scale. */
export function numericBytes(scaled: bigint, scale: number): Buffer {
  const digits = digitsOf(scaled < 0n ? -scaled : scaled, scale)
  const weight = digits.length - Math.ceil(scale / baseDigits) - 1
  const kept = withoutLastZeros(digits)
  const bytes = Buffer.alloc(headerBytes + 2 * kept.length)
  bytes.writeInt16BE(kept.length, 0)
  bytes.writeInt16BE(kept.length === 0 ? 0 : weight, 2)
  bytes.writeUInt16BE(scaled < 0n ? negative : 0, 4)
  bytes.writeInt16BE(scale, 6)
  kept.forEach((digit, index) => bytes.writeInt16BE(digit, headerBytes + 2 * index))
  return bytes
}

/** Most significant first, the point at a boundary between two digits. */
function digitsOf(magnitude: bigint, scale: number): readonly number[] {
  const padding = (baseDigits - (scale % baseDigits)) % baseDigits
  const digits: number[] = []
  for (let rest = magnitude * 10n ** BigInt(padding); rest > 0n; rest /= base) {
    digits.push(Number(rest % base))
  }
  return digits.toReversed()
}

function withoutLastZeros(digits: readonly number[]): readonly number[] {
  return digits.slice(0, digits.findLastIndex((digit) => digit !== 0) + 1)
}
