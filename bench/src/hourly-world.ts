import { type Landing, type Lanes, type PartitionRange, hourly } from "@freshet/core"
import { type Snapshot, type Timeline, type World, assetNamed, checksVersion } from "@freshet/core"
import {
  codeVersion,
  contentFingerprint,
  extentsOf,
  fingerprint,
  int64,
  lanesOf,
} from "@freshet/core"
import { last, relationName, runningSums, sourceAsset, sql, sqlAsset } from "@freshet/core"

import { hash } from "./plan-hash.ts"
import { recordedVersion } from "./plan-history.ts"
import { everyDay, graphOf } from "./plan-project.ts"

const days = 41_667
/** A million hours, and a few more to fill the last day. */
export const hours = 24 * days
/** The day whose file is another one now. */
export const correctedDay = 20_000

const described = { group: "hours", description: "What was measured." } as const
const everyHour = { ...described, partitions: hourly({ start: "1970-01-01T00" }) }
const columns = { sensor_id: int64(), value: int64() }

const log = sourceAsset({
  ...described,
  name: "log",
  partitions: everyDay,
  columns,
  format: { kind: "json_lines" },
  path: "log/{partition}.json",
})
const measured = sqlAsset({ ...everyHour, name: "measured", columns, query: sql`from ${log}` })
const trailing = sqlAsset({
  ...everyHour,
  name: "trailing_day",
  columns,
  query: sql`select sensor_id, sum(value) as value from ${last(24, measured)} group by sensor_id`,
})
const report = sqlAsset({ ...everyHour, name: "report", columns, query: sql`from ${trailing}` })
const graph = graphOf([log, measured, trailing, report])

function landing(): Landing {
  const landed = Array.from({ length: days }, (_, day) => {
    const version = recordedVersion(0, day)
    const now = day === correctedDay ? `f${version.slice(1)}` : version
    return [
      day,
      { files: [{ path: `log/${day}.json`, hash: now, bytes: 1 }], version: now },
    ] as const
  })
  return new Map([["log", new Map(landed)]])
}

function contentsOf(asset: number, length: number): Lanes {
  const lanes = lanesOf(length)
  for (let at = 0; at < length; at += 1) {
    const { low, high } = contentFingerprint(at, recordedVersion(asset, at))
    lanes.low[at] = low
    lanes.high[at] = high
  }
  return lanes
}

/** What is kept of an asset, made hour by hour from `windowOf` the upstream; the newest day is still to be made. */
function timelineOf(
  name: string,
  outputs: Lanes,
  upstream: Lanes,
  windowOf: (hour: number) => PartitionRange,
): Timeline {
  const length = hours - 24
  const inputs = lanesOf(length)
  const asset = assetNamed(graph, name)
  const { computation } = asset
  const code = codeVersion(graph, computation, new Map(), hash)
  const start = fingerprint(code)
  const [read] = computation.reads
  if (read?.asset === undefined) throw new Error(`${name} reads nothing`)
  const factor = fingerprint(relationName({ window: read.window, asset: read.asset }))
  for (let hour = 0; hour < length; hour += 1) {
    let [low, high] = [0, 0]
    const { from, to } = windowOf(hour)
    for (let each = Math.max(0, from); each <= to; each += 1) {
      low = (low + (upstream.low[each] ?? 0)) | 0
      high = (high + (upstream.high[each] ?? 0)) | 0
    }
    inputs.low[hour] = start.low + Math.imul(factor.low | 1, low)
    inputs.high[hour] = start.high + Math.imul(factor.high | 1, high)
  }
  const version = checksVersion(asset, hash)
  const marks = [{ codeVersion: code, checks: [{ version, failedErrors: 0, failedWarnings: 0 }] }]
  const mark = new Uint16Array(length).fill(1)
  const sums = [runningSums(outputs)]
  return { from: 0, length, mark, inputs, sums, marks, earlier: new Map() }
}

/** What there is: hours made of each day's file, what trails them by a day, and what reads that. */
export function hourlyWorld(): World {
  const landed = landing()
  return { graph, landing: landed, extents: extentsOf(graph, landed, days * 86_400_000) }
}

/** What is kept of it: everything but the newest day. */
export function hourlySnapshot(): Snapshot {
  const [log, first] = [contentsOf(0, days), contentsOf(1, hours)]
  const [second, third] = [contentsOf(2, hours), contentsOf(3, hours)]
  const dayOf = (hour: number): number => Math.floor(hour / 24)
  const timelines = new Map([
    ["measured", timelineOf("measured", first, log, (at) => ({ from: dayOf(at), to: dayOf(at) }))],
    [
      "trailing_day",
      timelineOf("trailing_day", second, first, (at) => ({ from: at - 23, to: at })),
    ],
    ["report", timelineOf("report", third, second, (at) => ({ from: at, to: at }))],
  ])
  return { position: "1", timelines, failures: new Map(), publications: new Map() }
}
