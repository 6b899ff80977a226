/** Buffer of bytes, written piece by piece. The caller takes them out before the buffer is full. */
export interface LineBuffer {
  readonly size: () => number
  readonly put: (text: Uint8Array) => void
  /** Puts a whole number from 0 to 2^53 − 1 in decimal digits. */
  readonly putNumber: (value: number) => void
  /** Puts a millisecond of a day as `hh:mm:ss.mmm`. */
  readonly putTime: (millisecond: number) => void
  /** Repeats the bytes between two earlier sizes. */
  readonly repeat: (from: number, to: number) => void
  /** Takes the bytes out, valid until the next piece is put, and empties the buffer. */
  readonly take: () => Uint8Array
}

const MILLION = 1_000_000
const ZERO = 48
const COLON = 58
const POINT = 46

/** Creates a buffer for this many bytes. */
export function createLineBuffer(capacity: number): LineBuffer {
  const bytes = new Uint8Array(capacity)
  let size = 0

  const put = (text: Uint8Array): void => {
    for (let index = 0; index < text.length; index += 1) bytes[size + index] = text[index] ?? 0
    size += text.length
  }
  const putDigits = (value: number, digits: number): void => {
    let remainingValue = value
    for (let at = size + digits - 1; at >= size; at -= 1) {
      const quotient = (remainingValue / 10) | 0
      bytes[at] = ZERO + remainingValue - quotient * 10
      remainingValue = quotient
    }
    size += digits
  }
  const putNumber = (value: number): void => {
    if (value < MILLION) {
      putDigits(value, countDigits(value))
      return
    }
    const millions = Math.floor(value / MILLION)
    putNumber(millions)
    putDigits(value - millions * MILLION, 6)
  }
  const putByte = (byte: number): void => {
    bytes[size] = byte
    size += 1
  }
  const putTime = (millisecond: number): void => {
    const second = (millisecond / 1000) | 0
    const minute = (second / 60) | 0
    const hour = (minute / 60) | 0
    putDigits(hour, 2)
    putByte(COLON)
    putDigits(minute - hour * 60, 2)
    putByte(COLON)
    putDigits(second - minute * 60, 2)
    putByte(POINT)
    putDigits(millisecond - second * 1000, 3)
  }
  const repeat = (from: number, to: number): void => {
    bytes.copyWithin(size, from, to)
    size += to - from
  }
  const take = (): Uint8Array => {
    const content = bytes.subarray(0, size)
    size = 0
    return content
  }
  return { size: () => size, put, putNumber, putTime, repeat, take }
}

function countDigits(value: number): number {
  if (value < 1000) return value < 10 ? 1 : value < 100 ? 2 : 3
  return value < 10_000 ? 4 : value < 100_000 ? 5 : 6
}
