const LARGEST = 2 ** 32

/** Computes whole-number weights of the ranks 1 … count, which fall as rank^−exponent, for exponents from 0 to 1. */
export function computeZipfWeights(count: number, exponent: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) =>
    Math.floor(LARGEST / raiseToPower(index + 1, exponent)),
  )
}

/**
 * Computes base^exponent from the exponent's first 24 binary digits, as a product of repeated square roots.
 * Math.pow may differ in its last bits from one engine to the next; all round a square root alike.
 */
function raiseToPower(base: number, exponent: number): number {
  if (exponent >= 1) return base
  let [result, root, fraction] = [1, base, exponent]
  for (let digit = 0; digit < 24; digit += 1) {
    root = Math.sqrt(root)
    fraction *= 2
    if (fraction >= 1) {
      result *= root
      fraction -= 1
    }
  }
  return result
}
