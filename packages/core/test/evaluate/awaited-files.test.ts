import { expect, test } from "vitest"

import {
  describeBlocker,
  findAwaitedFiles,
  formatBlocker,
  getAsset,
  type PartitionRange,
} from "../../src/engine.ts"
import { all, last, latest, monthly, sql, sqlAsset, int64, type Asset } from "../../src/index.ts"
import {
  buildValidGraph,
  afterDay,
  dailyAsset,
  day,
  partitionedSource,
  snapshotSource,
  source,
} from "../declarations.ts"
import { createMemoryProject, evaluateProject, land } from "../memory-project.ts"

const raw = source("raw")
const credits = snapshotSource("credits")
const months = monthly({ start: "2026-01" })

/** The files for which a partition of the last asset waits after the files of some days of `raw` landed. */
function findFiles(...request: Parameters<typeof findBlocker>) {
  const blocker = findBlocker(...request)
  return blocker && formatBlocker(blocker)
}

function findBlocker(days: readonly number[], assets: readonly Asset[], range?: PartitionRange) {
  const graph = buildValidGraph(raw, credits, ...assets)
  const project = createMemoryProject(afterDay(60))
  for (const index of days) land(project, "raw", day(index), `${index}`)
  const name = assets.at(-1)?.name ?? ""
  return findAwaitedFiles(evaluateProject(project, graph), getAsset(graph, name), range)
}

const days = (from: number, to = from): PartitionRange => ({ from: day(from), to: day(to) })
const counted = dailyAsset("counted", sql`from ${raw}`)

test("an asset without partitions waits for the path of its sources", () => {
  expect(findFiles([], [counted])).toBe("waits for raw/{partition}.json (raw)")
  const films = dailyAsset("films", sql`from ${all(credits)}, ${raw}`)
  expect(findFiles([], [films])).toBe(
    `waits for ${credits.path} (credits), raw/{partition}.json (raw)`,
  )
  expect(findFiles([1], [films])).toBe(`waits for ${credits.path} (credits)`)
  expect(findFiles([1], [counted])).toBeUndefined()
})

test("a later partition waits for the files of its window, through assets upstream", () => {
  expect(findFiles([1, 2], [counted], days(4))).toBe("waits for raw/2026-01-04.json (raw)")
  const week = dailyAsset("week", sql`from ${last(3, counted)}`)
  expect(findFiles([1, 2], [counted, week], days(4))).toBe(
    "waits for raw/2026-01-03.json, raw/2026-01-04.json (raw)",
  )
  expect(findFiles([1, 2], [counted, week], days(2))).toBeUndefined()
  expect(findFiles([1], [counted], days(2, 9))).toMatch(/raw\/2026-01-06.json and 3 more \(raw\)$/)
})

test("a sentence names one file or several", () => {
  const describe = (...request: Parameters<typeof findBlocker>) =>
    describeBlocker(findBlocker(...request)!, "counted")
  const films = dailyAsset("films", sql`from ${all(credits)}, ${raw}`)
  expect(describe([1], [counted], days(2))).toBe("raw/2026-01-02.json (raw) has not landed")
  expect(describe([], [counted])).toBe("raw/{partition}.json (raw) has not landed")
  expect(describe([1], [counted], days(2, 3))).toMatch(/json \(raw\) have not landed$/)
  expect(describe([], [films])).toMatch(/\(credits\), .* \(raw\) have not landed$/)
})

test("the newest partition of an upstream is never awaited once there is one", () => {
  const newest = dailyAsset("newest", sql`from ${latest(raw)}`)
  expect(findFiles([1], [newest], days(4))).toBeUndefined()
  expect(findFiles([], [newest], days(4))).toBe("waits for raw/{partition}.json (raw)")
})

test("a month waits for its days that have not landed", () => {
  const month = sqlAsset({
    name: "month",
    group: "g",
    description: "All of a month.",
    partitions: months,
    columns: { n: int64("How many.") },
    query: sql`select count(*) as n from ${raw}`,
  })
  expect(findFiles([29, 30], [month], { from: months.start + 1, to: months.start + 1 })).toMatch(
    /^waits for raw\/2026-02-01.json, .* and 23 more \(raw\)$/,
  )
})

test("a source that may lack files is not awaited", () => {
  const sparse = partitionedSource("sparse", raw.partitions, { whenMissing: "empty" })
  const asset = dailyAsset("counted", sql`from ${sparse}`)
  const graph = buildValidGraph(sparse, asset)
  const evaluation = evaluateProject(createMemoryProject(afterDay(60)), graph)
  expect(findAwaitedFiles(evaluation, getAsset(graph, "counted"), days(4))).toBeUndefined()
})
