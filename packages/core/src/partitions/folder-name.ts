import { computeFingerprint, formatFingerprint } from "../evaluate/fingerprint.ts"

const MAX_LENGTH = 200

/**
 * A partition's key as one segment of a path in a store. Keys of time stay as they are; elsewhere every
 * character but letters, digits and `._+-` is percent-encoded, so that none is `.`, `..` or hidden, and capital
 * letters are told by a mark behind (`US` is `US~3`): two keys never share a folder, even where case does not count.
 * What gets longer than 200 bytes is cut and ends in `~` and a hash.
 */
export function encodeFolderName(key: string): string {
  const segment = key.replace(/^\.|\.$|[^A-Za-z0-9._+-]/gu, encodeCharacter)
  const folderName = segment + encodeCase(key)
  if (folderName.length <= MAX_LENGTH) return folderName
  const suffix = `~${hashKey(key)}`
  return segment.slice(0, MAX_LENGTH - suffix.length) + suffix
}

const timeKeyPattern = /^\d{4}-(?:\d\d-\d\dT|W)[\d+-]*$/i

/** Which letters are capital ones, a bit each, in hexadecimal; empty where all are small, or it is a key of time. */
function encodeCase(key: string): string {
  const letters = key.replaceAll(/[^A-Za-z]/g, "")
  const usual = timeKeyPattern.test(key) ? letters.toUpperCase() : letters.toLowerCase()
  if (letters === usual) return ""
  const bits = letters.replaceAll(/./g, (letter) => (letter < "a" ? "1" : "0"))
  return `~${BigInt(`0b${bits}`).toString(16)}`
}

function encodeCharacter(character: string): string {
  const text = encodeURIComponent(character)
  return text === character ? `%${character.charCodeAt(0).toString(16).toUpperCase()}` : text
}

/** Two fingerprints: even and well spread, not safe against people who seek collisions. */
function hashKey(key: string): string {
  return [key, `~${key}`].map((text) => formatFingerprint(computeFingerprint(text))).join("")
}
