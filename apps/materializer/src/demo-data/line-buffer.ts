/** Bytes being written, one piece after the other. Whoever fills it takes them out before it is full. */
export interface LineBuffer {
  readonly size: () => number
  readonly put: (text: Uint8Array) => void
  /** Puts a whole number from 0 to 2^53 − 1 in decimal digits. */
  readonly putNumber: (value: number) => void
  /** Puts a millisecond of a day as `hh:mm:ss.mmm`. */
  readonly putTime: (millisecond: number) => void
  /** Puts again what stands between two earlier sizes. */
  readonly repeat: (from: number, to: number) => void
  /** The bytes so far, valid until the next piece is put; the buffer begins anew. */
  readonly take: () => Uint8Array
}

const MILLION = 1_000_000
const ZERO = 48
const COLON = 58
const POINT = 46

/** A buffer for this many bytes. */
export function lineBuffer(capacity: number): LineBuffer {
  const bytes = new Uint8Array(capacity)
  let size = 0

  const put = (text: Uint8Array): void => {
    for (let index = 0; index < text.length; index += 1) bytes[size + index] = text[index] ?? 0
    size += text.length
  }
  const putDigits = (value: number, digits: number): void => {
    let rest = value
    for (let at = size + digits - 1; at >= size; at -= 1) {
      const quotient = (rest / 10) | 0
      bytes[at] = ZERO + rest - quotient * 10
      rest = quotient
    }
    size += digits
  }
  const putNumber = (value: number): void => {
    if (value < MILLION) {
      putDigits(value, digitsOf(value))
      return
    }
    const millions = Math.floor(value / MILLION)
    putNumber(millions)
    putDigits(value - millions * MILLION, 6)
  }
  const putMark = (mark: number): void => {
    bytes[size] = mark
    size += 1
  }
  const putTime = (millisecond: number): void => {
    const second = (millisecond / 1000) | 0
    const minute = (second / 60) | 0
    const hour = (minute / 60) | 0
    putDigits(hour, 2)
    putMark(COLON)
    putDigits(minute - hour * 60, 2)
    putMark(COLON)
    putDigits(second - minute * 60, 2)
    putMark(POINT)
    putDigits(millisecond - second * 1000, 3)
  }
  const repeat = (from: number, to: number): void => {
    bytes.copyWithin(size, from, to)
    size += to - from
  }
  const take = (): Uint8Array => {
    const taken = bytes.subarray(0, size)
    size = 0
    return taken
  }
  return { size: () => size, put, putNumber, putTime, repeat, take }
}

function digitsOf(value: number): number {
  if (value < 1000) return value < 10 ? 1 : value < 100 ? 2 : 3
  return value < 10_000 ? 4 : value < 100_000 ? 5 : 6
}
