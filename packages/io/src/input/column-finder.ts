/** Finds the number of a name from its bytes and their hash (h · 31 + byte); -1 for a name that is none of these. */
export function columnFinder(
  names: readonly string[],
): (bytes: Uint8Array, from: number, to: number, hash: number) => number {
  const texts = names.map((name) => Buffer.from(name))
  const numbers = new Map(
    texts.map((text, number) => [
      text.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 0),
      number,
    ]),
  )
  return (bytes, from, to, hash) => {
    const number = numbers.get(hash) ?? -1
    return texts[number]?.equals(bytes.subarray(from, to)) === true ? number : -1
  }
}
