import { fingerprint, fingerprintText } from "../fingerprint.ts"

const LONGEST = 200

/**
 * A partition's key as one segment of a path in a store. Keys of time stay as they are; elsewhere every
 * character but letters, digits and `._+-` is percent-encoded, so that none is `.`, `..` or hidden, and capital
 * letters are told by a mark behind (`US` is `US~3`): two keys never share a folder, even where case does not count.
 * What gets longer than 200 bytes is cut and ends in `~` and a hash.
 */
export function folderOf(key: string): string {
  const segment = key.replace(/^\.|\.$|[^A-Za-z0-9._+-]/gu, encoded)
  const marked = segment + caseMark(key)
  if (marked.length <= LONGEST) return marked
  const suffix = `~${hash128(key)}`
  return segment.slice(0, LONGEST - suffix.length) + suffix
}

const keyOfTime = /^\d{4}-(?:\d\d-\d\dT|W)[\d+-]*$/i

/** Which letters are capital ones, a bit each, in hexadecimal; empty where all are small, or it is a key of time. */
function caseMark(key: string): string {
  const letters = key.replaceAll(/[^A-Za-z]/g, "")
  const usual = keyOfTime.test(key) ? letters.toUpperCase() : letters.toLowerCase()
  if (letters === usual) return ""
  const bits = letters.replaceAll(/./g, (letter) => (letter < "a" ? "1" : "0"))
  return `~${BigInt(`0b${bits}`).toString(16)}`
}

function encoded(character: string): string {
  const text = encodeURIComponent(character)
  return text === character ? `%${character.charCodeAt(0).toString(16).toUpperCase()}` : text
}

/** Two fingerprints: even and well spread, not safe against people who seek collisions. */
function hash128(key: string): string {
  return [key, `~${key}`].map((text) => fingerprintText(fingerprint(text))).join("")
}
