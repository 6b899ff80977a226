const base = 10_000n
const baseDigits = 4
const negativeSign = 0x4000
const headerBytes = 8

/** Encodes a decimal as PostgreSQL's binary `numeric`: digits to the base 10,000, the weight of the first, the sign, the scale. */
export function encodeNumeric(scaled: bigint, scale: number): Buffer {
  const digits = toDigits(scaled < 0n ? -scaled : scaled, scale)
  const weight = digits.length - Math.ceil(scale / baseDigits) - 1
  const significantDigits = dropTrailingZeros(digits)
  const bytes = Buffer.alloc(headerBytes + 2 * significantDigits.length)
  bytes.writeInt16BE(significantDigits.length, 0)
  bytes.writeInt16BE(significantDigits.length === 0 ? 0 : weight, 2)
  bytes.writeUInt16BE(scaled < 0n ? negativeSign : 0, 4)
  bytes.writeInt16BE(scale, 6)
  significantDigits.forEach((digit, index) => bytes.writeInt16BE(digit, headerBytes + 2 * index))
  return bytes
}

/** Splits a number into digits, most significant first, with the point between two digits. */
function toDigits(magnitude: bigint, scale: number): readonly number[] {
  const padding = (baseDigits - (scale % baseDigits)) % baseDigits
  const digits: number[] = []
  for (let remainder = magnitude * 10n ** BigInt(padding); remainder > 0n; remainder /= base) {
    digits.push(Number(remainder % base))
  }
  return digits.toReversed()
}

function dropTrailingZeros(digits: readonly number[]): readonly number[] {
  return digits.slice(0, digits.findLastIndex((digit) => digit !== 0) + 1)
}
