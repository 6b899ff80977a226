import { doubt } from "./plain-json.ts"
import type { ReadValue } from "./plain-value.ts"

/** A value's place in a line that was found plain, and what reads such a value. */
export interface ValueSpan {
  readonly start: number
  readonly end: number
  readonly read: ReadValue
}

/** A form that many lines share: the same bytes up to the values, which differ. */
export interface LineTemplate {
  readonly pieces: readonly { readonly before: Uint8Array; readonly read: ReadValue }[]
  /** What comes after the last value, the newline included. */
  readonly after: Uint8Array
}

/** The form of the line from `start` to `end`, its newline included: a line that fits is plain as well. Keeps nothing of `bytes`, which are lent. */
export function templateOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  values: readonly ValueSpan[],
): LineTemplate {
  let at = start
  const pieces = values.map((value) => {
    const before = new Uint8Array(bytes.subarray(at, value.start))
    at = value.end
    return { before, read: value.read }
  })
  return { pieces, after: new Uint8Array(bytes.subarray(at, end)) }
}

/** Whether the line that begins here has this form. */
export function fitsTemplate(bytes: Uint8Array, start: number, template: LineTemplate): boolean {
  let at = start
  for (const { before, read } of template.pieces) {
    for (let i = 0; i < before.length; i += 1) if (bytes[at + i] !== before[i]) return false
    at = read(bytes, at + before.length)
    if (at === doubt) return false
  }
  const { after } = template
  for (let i = 0; i < after.length; i += 1) if (bytes[at + i] !== after[i]) return false
  return true
}
