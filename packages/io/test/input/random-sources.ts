import {
  bool,
  type Columns,
  date,
  decimal,
  float64,
  int16,
  int32,
  int64,
  list,
  nullable,
  type SourceAsset,
  sourceAsset,
  sql,
  struct,
  text,
  timestamp,
  unpartitioned,
} from "@freshet/core"
import type { CsvFormat } from "@freshet/core/engine"

/** Columns of every type without elements or members. */
export const scalars = {
  id: int32(),
  small: nullable(int16()),
  big: nullable(int64()),
  ratio: nullable(float64()),
  price: nullable(decimal(18, 2)),
  fine: nullable(decimal(38, 10)),
  unit: nullable(decimal(10, 10)),
  whole: nullable(decimal(38, 0)),
  ok: nullable(bool()),
  name: text(),
  note: nullable(text()),
  day: nullable(date()),
  at: nullable(timestamp()),
}

const lists = {
  ints: nullable(list(int32())),
  longs: nullable(list(nullable(int64()))),
  ratios: nullable(list(float64())),
  prices: nullable(list(decimal(20, 12))),
  names: nullable(list(text())),
  flags: nullable(list(bool())),
  days: nullable(list(date())),
  times: nullable(list(nullable(timestamp()))),
  grid: nullable(list(list(int16()))),
}

const structs = {
  place: nullable(
    struct({
      x: float64(),
      label: nullable(text()),
      price: decimal(18, 2),
      at: nullable(timestamp()),
      tags: nullable(list(text())),
    }),
  ),
  parts: nullable(
    list(struct({ id: int32(), days: list(nullable(date())), ok: nullable(bool()) })),
  ),
}

/** Creates a source of random lines. */
export function createSource(
  name: string,
  columns: Columns,
  format: SourceAsset["format"],
): SourceAsset {
  return sourceAsset({
    name,
    group: "test",
    description: "Random lines.",
    partitions: unpartitioned,
    path: "lines",
    format,
    tolerance: 1,
    columns,
    reject: "id" in columns ? [{ reason: "odd_id", when: sql`id = 13 or id > 3000000000` }] : [],
  })
}

/** Columns of every type, at every depth. */
export const allColumns = { ...scalars, ...lists, ...structs }

const csv = (format: Omit<CsvFormat, "kind"> = {}) => ({ kind: "csv", ...format }) as const

/** Sources of JSON lines: each takes another way through the readers. */
export const jsonSources = [
  createSource("json_scalars", scalars, { kind: "json_lines" }),
  createSource("json_lists", { id: int32(), ...lists }, { kind: "json_lines" }),
  createSource("json_structs", { id: int32(), ...structs }, { kind: "json_lines" }),
]

const { id, small, big, price, fine, note } = scalars

/** Sources of CSV: numbers, all types, nested types, one column, and other syntaxes. */
export const csvSources = [
  createSource("csv_numbers", { id, small, big, price, fine, note }, csv()),
  createSource("csv_scalars", scalars, csv()),
  createSource("csv_nested", { id, ...lists, ...structs }, csv()),
  createSource("csv_text", { note: nullable(text()) }, csv()),
  createSource("csv_null_lines", { note: nullable(text()) }, csv({ blankLines: "null" })),
  createSource("csv_number", { id }, csv()),
  createSource("csv_semicolons", scalars, csv({ delimiter: ";", quote: "'", null: "NA" })),
  createSource("csv_tabs", { id, note, price }, csv({ delimiter: "\t", null: "\\N" })),
  createSource("csv_short", { id, note, price }, csv({ shortRecords: "empty" })),
]
