/** DuckDB's string is 16 bytes: its length in UTF-8, then the text itself if it fits, else a prefix and a pointer. */
export const stringBytes = 16
export const maxInlineBytes = 12
const pointerOffset = 8

/** Copies the bytes to which a string of 16 bytes refers, at an offset of the view. */
export type ReadStringBytes = (view: DataView, offset: number) => Uint8Array

/** Loads DuckDB's reader of strings. */
export async function loadStringReader(): Promise<ReadStringBytes> {
  const { default: accessors } = await import("@duckdb/node-api/lib/vectors/dataAccessors.js")
  return accessors.getStringBytes
}

/** The strings of a vector that are not inside of it. */
export interface LongStrings {
  /** Copies the bytes of a row's string. */
  readonly copy: (row: number, target: Buffer, at: number) => void
}

/** Reads strings; those that follow each other in memory, as sorted ones do, are read at once. */
export function readLongStrings(
  view: DataView,
  rows: readonly number[],
  readBytes: ReadStringBytes,
): LongStrings {
  const blocks: Uint8Array[] = []
  const positions = new Map<
    number,
    { readonly block: number; readonly from: number; readonly to: number }
  >()
  let [firstRow, end, length] = [-1, -1, 0]
  const closeBlock = () => {
    if (firstRow >= 0) blocks.push(readBytes(formatString(view, firstRow, length), 0))
  }
  for (const row of rows) {
    const pointer = readPointer(view, row)
    if (pointer !== end) {
      closeBlock()
      firstRow = row
      length = 0
    }
    const bytes = view.getUint32(row * stringBytes, true)
    positions.set(row, { block: blocks.length, from: length, to: length + bytes })
    length += bytes
    end = pointer + bytes
  }
  closeBlock()
  return {
    copy: (row, target, at) => {
      const position = positions.get(row)
      if (position === undefined) return
      const { block, from, to } = position
      const bytes = blocks[block]
      if (bytes !== undefined) target.set(bytes.subarray(from, to), at)
    },
  }
}

/** Reads an address, which has fewer bits than the integers of a double. */
function readPointer(view: DataView, row: number): number {
  const at = row * stringBytes + pointerOffset
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32
}

/** Formats a string that begins at the row's and has another length. */
function formatString(view: DataView, row: number, length: number): DataView {
  const string = new DataView(new ArrayBuffer(stringBytes))
  string.setUint32(0, length, true)
  const pointer = view.getBigUint64(row * stringBytes + pointerOffset, true)
  string.setBigUint64(pointerOffset, pointer, true)
  return string
}
