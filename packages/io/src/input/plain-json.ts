/** JSON text in bytes. Each reader takes the position where a thing begins and gives the one after it, or `doubt`. */
export const doubt = -1

/** What the position is after when the line ends: no token holds a newline, so that every reader stops there. */
export const newline = 10

const quote = 34
const backslash = 92
const comma = 44
const colon = 58
const zero = 48
const nine = 57
const minus = 45
const point = 46

/** After spaces, tabs and returns. */
export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  for (let byte = bytes[at]; byte === 32 || byte === 9 || byte === 13; byte = bytes[at]) at += 1
  return at
}

/** After the closing quote; `from` is after the opening one. Doubts half characters and NUL. */
export function readString(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    const byte = bytes[at] ?? 0
    if (byte === quote) return at + 1
    if (byte < 32) return doubt
    if (byte === backslash) {
      at = readEscape(bytes, at + 1)
      if (at === doubt) return doubt
    } else at += 1
  }
}

const simpleEscapes = new Set(Buffer.from('"\\/bfnrt'))

function readEscape(bytes: Uint8Array, at: number): number {
  if (simpleEscapes.has(bytes[at] ?? 0)) return at + 1
  if (bytes[at] !== 117) return doubt
  let code = 0
  for (let digit = at + 1; digit < at + 5; digit += 1) {
    const value = hexValue(bytes[digit] ?? 0)
    if (value < 0) return doubt
    code = code * 16 + value
  }
  return code === 0 || (code >= 0xd800 && code <= 0xdfff) ? doubt : at + 5
}

function hexValue(byte: number): number {
  if (byte >= zero && byte <= nine) return byte - zero
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** After an integer's digits, which say a value from `-limit - 1` to `limit`; doubts longer ones than a double counts exactly. */
export function readInteger(bytes: Uint8Array, from: number, limit: number): number {
  let at = from
  const negative = bytes[at] === minus
  if (negative) at += 1
  const first = at
  let value = 0
  for (let byte = bytes[at] ?? 0; byte >= zero && byte <= nine; byte = bytes[at] ?? 0) {
    value = value * 10 + byte - zero
    at += 1
  }
  const digits = at - first
  if (digits === 0 || (digits > 1 && bytes[first] === zero)) return doubt
  if (value > (negative ? limit + 1 : limit)) return doubt
  return isEndOfNumber(bytes[at]) ? at : doubt
}

function isEndOfNumber(byte: number | undefined): boolean {
  return byte !== point && byte !== 101 && byte !== 69
}

/** After a number without exponent and with at most `whole` digits before the point and `fraction` after it. */
export function readDecimal(
  bytes: Uint8Array,
  from: number,
  whole: number,
  fraction: number,
): number {
  const first = bytes[from] === minus ? from + 1 : from
  let at = skipDigits(bytes, first)
  if (at === first || at - first > whole || (at - first > 1 && bytes[first] === zero)) return doubt
  if (bytes[at] === point) {
    const after = at + 1
    at = skipDigits(bytes, after)
    if (at === after || at - after > fraction) return doubt
  }
  return isEndOfNumber(bytes[at]) ? at : doubt
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from
  for (let byte = bytes[at] ?? 0; byte >= zero && byte <= nine; byte = bytes[at] ?? 0) at += 1
  return at
}

/** After a value of any kind, read whole. */
export function readAny(bytes: Uint8Array, at: number, depth: number): number {
  switch (bytes[at]) {
    case quote:
      return readString(bytes, at + 1)
    case 123:
      return depth > 16 ? doubt : readMembers(bytes, at + 1, depth)
    case 91:
      return readElements(bytes, at + 1, (from) => readAny(bytes, from, depth + 1), depth)
    case 116:
      return readWord(bytes, at, "true")
    case 102:
      return readWord(bytes, at, "false")
    case 110:
      return readWord(bytes, at, "null")
    case undefined:
    default:
      return readDecimal(bytes, at, 18, 18)
  }
}

/** After the closing bracket of a list; `from` is after the opening one. */
export function readElements(
  bytes: Uint8Array,
  from: number,
  readElement: (at: number) => number,
  depth = 0,
): number {
  if (depth > 16) return doubt
  let at = skipSpace(bytes, from)
  if (bytes[at] === 93) return at + 1
  for (;;) {
    at = readElement(at)
    if (at === doubt) return doubt
    at = skipSpace(bytes, at)
    if (bytes[at] === 93) return at + 1
    if (bytes[at] !== comma) return doubt
    at = skipSpace(bytes, at + 1)
  }
}

function readMembers(bytes: Uint8Array, from: number, depth: number): number {
  let at = skipSpace(bytes, from)
  if (bytes[at] === 125) return at + 1
  for (;;) {
    if (bytes[at] !== quote) return doubt
    at = readString(bytes, at + 1)
    if (at === doubt) return doubt
    at = readColon(bytes, at)
    if (at === doubt) return doubt
    at = readAny(bytes, at, depth + 1)
    if (at === doubt) return doubt
    at = skipSpace(bytes, at)
    if (bytes[at] === 125) return at + 1
    if (bytes[at] !== comma) return doubt
    at = skipSpace(bytes, at + 1)
  }
}

/** After a colon and the spaces around it. */
export function readColon(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, from)
  return bytes[at] === colon ? skipSpace(bytes, at + 1) : doubt
}

/** After `true`, `false` or `null`. */
export function readWord(bytes: Uint8Array, from: number, word: string): number {
  for (let at = 0; at < word.length; at += 1)
    if (bytes[from + at] !== word.charCodeAt(at)) return doubt
  return from + word.length
}

/** After `"2026-01-05"`, a day of years 1 to 9999; `from` is after the opening quote, the closing one is left. */
export function readDay(bytes: Uint8Array, from: number): number {
  const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2)
  const month = twoDigits(bytes, from + 5)
  const day = twoDigits(bytes, from + 8)
  if (year === 0 || year > 9999 || month === 0 || month > 12 || day === 0) return doubt
  if (bytes[from + 4] !== minus || bytes[from + 7] !== minus) return doubt
  return day <= 28 || day <= daysOf(year, month) ? from + 10 : doubt
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const noDigits = 100_000

/** `noDigits`, which is more than anything may be, when one of the two is no digit. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - zero
  const ones = (bytes[at + 1] ?? 0) - zero
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : noDigits
}

/** After an instant in UTC, to the microsecond at most, and its closing quote; `from` is after the opening one. */
export function readInstant(bytes: Uint8Array, from: number): number {
  const day = readDay(bytes, from)
  if (day === doubt || bytes[day] !== 84 || bytes[day + 3] !== colon || bytes[day + 6] !== colon)
    return doubt
  if (twoDigits(bytes, day + 1) > 23) return doubt
  if (twoDigits(bytes, day + 4) > 59 || twoDigits(bytes, day + 7) > 59) return doubt
  let at = day + 9
  if (bytes[at] === point) {
    const end = skipDigits(bytes, at + 1)
    if (end === at + 1 || end > at + 7) return doubt
    at = end
  }
  return bytes[at] === 90 && bytes[at + 1] === quote ? at + 2 : doubt
}
