/** A quotient of whole numbers with so many digits after the point, halves up; exact. */
export function formatQuotient(numerator: bigint, denominator: bigint, digits: number): string {
  const scaled = numerator * 10n ** BigInt(digits)
  const rounded = (2n * scaled + denominator) / (2n * denominator)
  return formatDecimal(rounded, digits)
}

/** A whole number of tenths, hundredths …, written with its point. */
export function formatDecimal(whole: bigint, digits: number): string {
  const text = whole.toString().padStart(digits + 1, "0")
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** A number that is written with a point, in thousandths. */
export function parseThousandths(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".")
  return BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, "0").slice(0, 3))
}

export function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n)
}

/** Of an even number of values the mean of the two in the middle; in hundredths of what is given in hundredths. */
export function formatMedian(values: readonly bigint[]): string {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const [low = 0n, high = 0n] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return formatDecimal((low + high + 1n) / 2n, 2)
}
