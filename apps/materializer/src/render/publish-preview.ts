import { formatCount } from "@freshet/core/engine"
import type { ChangedRowDocument, PublishPreviewDocument } from "@freshet/services"

import { paint, type TerminalStyle, type Tone } from "../terminal/terminal-style.ts"

/** The sentence that no publication would change anything. */
export const nothingToPublish = "Nothing to publish: the tables have the stored rows."

/** Formats the changes that publications would make: counts by table, and the first rows of each kind. */
export function formatPublishPreview(
  { publications }: PublishPreviewDocument,
  style: TerminalStyle,
): readonly string[] {
  if (publications.length === 0) return [nothingToPublish]
  return publications.flatMap(({ set, partition, tables }) => [
    paint(style, "strong", `publish ${set} ${partition}`.trim()),
    ...tables.flatMap(({ table, inserted, updated, deleted, sample }) => [
      `  ${table}: ${formatCount(inserted)} inserted, ${formatCount(updated)} updated, ${formatCount(deleted)} deleted`,
      ...sample.map((row) => `    ${formatChangedRow(row, style)}`),
    ]),
  ])
}

const marks: Readonly<Record<ChangedRowDocument["kind"], readonly [string, Tone]>> = {
  inserted: ["+", "good"],
  updated: ["~", "stale"],
  deleted: ["-", "bad"],
}

function formatChangedRow(row: ChangedRowDocument, style: TerminalStyle): string {
  const [mark, tone] = marks[row.kind]
  const key = Object.entries(row.key).map(([name, value]) => `${name} ${value}`)
  return [paint(style, tone, mark), [...key, ...formatValues(row)].join(", ")].join(" ")
}

function formatValues({ from, to }: ChangedRowDocument): readonly string[] {
  const values = Object.entries(to ?? from ?? {})
  if (from === null || to === null)
    return values.map(([name, value]) => `${name} ${formatValue(value)}`)
  return values
    .filter(([name, value]) => from[name] !== value)
    .map(([name, value]) => `${name} ${formatValue(from[name])} → ${formatValue(value)}`)
}

const longestValue = 60

function formatValue(value: string | null | undefined): string {
  if (value === null || value === undefined) return "null"
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value
}
