import { expect, test } from "vitest"

import type { SourceFormat } from "../../src/declare/source-format.ts"
import { findSourceProblems } from "../../src/graph/source-problems.ts"
import {
  daily,
  hourly,
  int32,
  monthly,
  type Partitions,
  sourceAsset,
  staticKeys,
  unpartitioned,
  weekly,
} from "../../src/index.ts"

function formatProblems(
  path: string,
  partitions: Partitions = daily({ start: "2026-01-01" }),
  format: SourceFormat = { kind: "csv" },
): readonly string[] {
  const source = sourceAsset({
    name: "raw",
    group: "test",
    description: "Raw.",
    columns: { user_id: int32() },
    partitions,
    format,
    path,
  })
  return findSourceProblems(source).map(({ message, hint }) => `${message} ${hint ?? ""}`.trim())
}

test.each<[path: string, partitions?: Partitions]>([
  ["raw/{partition}.csv"],
  ["raw/{yyyy}/{mm}/{dd}.csv"],
  ["raw/{yyyy}/{partition}*.csv"],
  ["raw/{yyyy}/{mm}.csv", monthly({ start: "2026-01" })],
  ["raw/{yyyy}{mm}{dd}{hh}.csv", hourly({ start: "2026-01-01T00" })],
  ["raw/{partition}.csv", weekly({ start: "2026-W01" })],
  ["raw/{partition}.csv", staticKeys(["a"])],
  ["raw.csv", unpartitioned],
  ["raw/*.csv", unpartitioned],
])("the path %s names a partition", (path, partitions) => {
  expect(formatProblems(path, partitions)).toEqual([])
})

test.each<[path: string, problem: string, partitions?: Partitions]>([
  [
    "raw/{yyyy}/{mm}.csv",
    "The path raw/{yyyy}/{mm}.csv of `raw` does not name a partition. Its path names a partition with {partition} or {yyyy} {mm} {dd}.",
  ],
  [
    "raw/{yyyy}/{hh}/{dat}.csv",
    "The path of `raw` has {hh} {dat}, which `daily` partitions lack. Its path names a partition with {partition} or {yyyy} {mm} {dd}.",
  ],
  [
    "raw.csv",
    "The path raw.csv of `raw` does not name a partition. Its path names a partition with {partition}.",
    staticKeys(["a"]),
  ],
])("the path %s is a problem", (path, problem, partitions) => {
  expect(formatProblems(path, partitions)).toEqual([problem])
})

test("a format that cannot be read is a problem", () => {
  const check = (format: SourceFormat) => formatProblems("raw/{partition}.csv", undefined, format)
  expect(check({ kind: "csv", delimiter: ";", quote: "'", header: { user_id: "userId" } })).toEqual(
    [],
  )
  expect(check({ kind: "csv", delimiter: "||" })).toEqual([
    'The delimiter and the quote of `raw` are one ASCII character each, not "||".',
  ])
  expect(check({ kind: "csv", delimiter: '"' })).toEqual([
    "The delimiter and the quote of `raw` are the same character.",
  ])
  expect(check({ kind: "csv", header: { userId: "user_id" } })).toEqual([
    "The format of `raw` maps `userId`, which is not a column of it.",
  ])
  expect(check({ kind: "json_lines", keys: { userId: "user_id" } })).toEqual([
    "The format of `raw` maps `userId`, which is not a column of it.",
  ])
})

test("positions of a file without a header line are checked", () => {
  const check = (format: SourceFormat) => formatProblems("raw/{partition}.csv", undefined, format)
  expect(check({ kind: "csv", noHeader: { width: 12, positions: { user_id: 11 } } })).toEqual([])
  expect(check({ kind: "csv", noHeader: { width: 12, positions: { user_id: 12 } } })).toEqual([
    "`user_id` is at position 12, but a record has the positions 0 to 11.",
  ])
  expect(
    check({ kind: "csv", header: { user_id: "id" }, noHeader: { width: 1, positions: { id: 0 } } }),
  ).toEqual([
    "The format of `raw` maps `id`, which is not a column of it.",
    "The format names no position of `user_id`.",
    "`header` cannot be combined with `noHeader`.",
  ])
})

test("a path to a nested value begins with a key and has positions from 0", () => {
  const check = (key: readonly [string, ...(string | number)[]]) =>
    formatProblems("raw/{partition}.json", undefined, {
      kind: "json_lines",
      keys: { user_id: key },
    })
  expect(check(["links", 0, "user", "id"])).toEqual([])
  expect(check(["links", -1])).toEqual([
    "The path of `user_id` begins with a key and continues with keys and positions from 0.",
  ])
})
