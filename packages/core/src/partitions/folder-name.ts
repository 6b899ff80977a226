import { computeFingerprint, formatFingerprint } from "../evaluate/fingerprint.ts"

const MAX_LENGTH = 200

/**
 * Encodes a partition's key as one segment of a store path. Keys of time are unchanged. In other keys every character
 * except letters, digits and `._+-` is percent-encoded, so that no segment is `.`, `..` or hidden, and a suffix encodes
 * the capital letters (`US` becomes `US~3`), so that two keys differ even on file systems that ignore case.
 * A segment longer than 200 bytes is truncated and ends in `~` and a hash of the key.
 */
export function encodeFolderName(key: string): string {
  const segment = key.replace(/^\.|\.$|[^A-Za-z0-9._+-]/gu, encodeCharacter)
  const folderName = segment + encodeCase(key)
  if (folderName.length <= MAX_LENGTH) return folderName
  const suffix = `~${hashKey(key)}`
  return segment.slice(0, MAX_LENGTH - suffix.length) + suffix
}

const timeKeyPattern = /^\d{4}-(?:\d\d-\d\dT|W)[\d+-]*$/i

/** The capital letters of a key as a bit per letter, in hexadecimal; empty without capitals and for keys of time. */
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

/** Two fingerprints, 128 bits together. The hash is not cryptographic. */
function hashKey(key: string): string {
  return [key, `~${key}`].map((text) => formatFingerprint(computeFingerprint(text))).join("")
}
