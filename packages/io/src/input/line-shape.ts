import type { SourceAsset } from "@freshet/core"

import { sourceColumns } from "./line-kinds.ts"

/** What a line of one kind must and may have, as numbers of columns. */
export interface Shape {
  readonly kind: Uint8Array
  readonly required: readonly number[]
  readonly columns: ReadonlySet<number>
}

/** The shapes of a source's lines: one for each kind, or one for all. */
export function lineShapes(source: SourceAsset): readonly Shape[] {
  const columns = sourceColumns(source)
  const numbers = (isIn: (column: (typeof columns)[number]) => boolean) =>
    columns.flatMap((column, at) => (isIn(column) ? [at] : []))
  return Object.keys(source.lineKinds?.kinds ?? { "": [] }).map((kind) => ({
    kind: Buffer.from(kind),
    required: numbers(({ required }) => required === undefined || required.includes(kind)),
    columns: new Set(numbers(({ kinds }) => kinds === undefined || kinds.includes(kind))),
  }))
}

/** The shape of lines whose kind is the text in quotes from `at` to `end`. */
export function findShape(
  shapes: readonly Shape[],
  bytes: Uint8Array,
  at: number,
  end: number,
): Shape | undefined {
  const text = Buffer.from(bytes.subarray(at + 1, end - 1))
  return shapes.find(({ kind }) => text.equals(kind))
}

/** Whether a line with these columns has all that its kind must, and nothing that only others have. */
export function isWhole(line: {
  readonly shape: Shape | undefined
  readonly present: ReadonlySet<number>
}): boolean {
  const { shape, present } = line
  if (shape === undefined || present.size === 0) return false
  return (
    shape.required.every((column) => present.has(column)) &&
    [...present].every((column) => shape.columns.has(column))
  )
}
