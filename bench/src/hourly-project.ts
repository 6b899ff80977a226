import { hourly, int64, last, sourceAsset, sql, sqlAsset } from "@freshet/core"
import {
  buildRunningSums,
  computeChecksVersion,
  computeCodeVersion,
  computeFingerprint,
  createLanes,
  type EvaluationInputs,
  findPartitionBounds,
  fingerprintContent,
  formatRelationName,
  getAsset,
  type Landing,
  type Lanes,
  type LedgerSnapshot,
  type MaterializationHistory,
  type PartitionRange,
} from "@freshet/core/engine"

import { hash } from "./plan-hash.ts"
import { getRecordedVersion } from "./plan-ledger.ts"
import { dailyPartitions, buildValidGraph } from "./plan-project.ts"

const days = 41_667
/** A million hours, and a few more to fill the last day. */
export const hours = 24 * days
/** The day whose file has changed. */
export const correctedDay = 20_000

const commonOptions = { group: "hours", description: "What was measured." } as const
const hourlyOptions = { ...commonOptions, partitions: hourly({ start: "1970-01-01T00" }) }
const columns = { sensor_id: int64(), value: int64() }

const log = sourceAsset({
  ...commonOptions,
  name: "log",
  partitions: dailyPartitions,
  columns,
  format: { kind: "json_lines" },
  path: "log/{partition}.json",
})
const measured = sqlAsset({ ...hourlyOptions, name: "measured", columns, query: sql`from ${log}` })
const trailing = sqlAsset({
  ...hourlyOptions,
  name: "trailing_day",
  columns,
  query: sql`select sensor_id, sum(value) as value from ${last(24, measured)} group by sensor_id`,
})
const report = sqlAsset({ ...hourlyOptions, name: "report", columns, query: sql`from ${trailing}` })
const graph = buildValidGraph([log, measured, trailing, report])

function createLanding(): Landing {
  const landed = Array.from({ length: days }, (_, day) => {
    const version = getRecordedVersion(0, day)
    const now = day === correctedDay ? `f${version.slice(1)}` : version
    return [
      day,
      { files: [{ path: `log/${day}.json`, hash: now, bytes: 1 }], version: now },
    ] as const
  })
  return new Map([["log", new Map(landed)]])
}

function createContents(asset: number, length: number): Lanes {
  const lanes = createLanes(length)
  for (let at = 0; at < length; at += 1) {
    const { low, high } = fingerprintContent(at, getRecordedVersion(asset, at))
    lanes.low[at] = low
    lanes.high[at] = high
  }
  return lanes
}

/** Builds the history of an asset, materialized hour by hour from a window of the upstream, without the newest day. */
function createHistory(
  name: string,
  outputs: Lanes,
  upstream: Lanes,
  getWindow: (hour: number) => PartitionRange,
): MaterializationHistory {
  const length = hours - 24
  const inputs = createLanes(length)
  const asset = getAsset(graph, name)
  const { computation } = asset
  const code = computeCodeVersion(graph, computation, new Map(), hash)
  const start = computeFingerprint(code)
  const [read] = computation.reads
  if (read?.asset === undefined) throw new Error(`${name} reads nothing`)
  const factor = computeFingerprint(formatRelationName({ window: read.window, asset: read.asset }))
  for (let hour = 0; hour < length; hour += 1) {
    let [low, high] = [0, 0]
    const { from, to } = getWindow(hour)
    for (let upstreamHour = Math.max(0, from); upstreamHour <= to; upstreamHour += 1) {
      low = (low + (upstream.low[upstreamHour] ?? 0)) | 0
      high = (high + (upstream.high[upstreamHour] ?? 0)) | 0
    }
    inputs.low[hour] = start.low + Math.imul(factor.low | 1, low)
    inputs.high[hour] = start.high + Math.imul(factor.high | 1, high)
  }
  const checksVersionText = computeChecksVersion(asset, hash)
  const versions = [
    {
      codeVersion: code,
      checks: [{ version: checksVersionText, failedErrors: 0, failedWarnings: 0 }],
    },
  ]
  const versionIndex = new Uint16Array(length).fill(1)
  const sums = [buildRunningSums(outputs)]
  return { from: 0, length, versionIndex, inputs, sums, versions, earlier: new Map() }
}

/** Declares hours of each day's file, an asset with a trailing window of a day, and its reader. */
export function createHourlyInputs(): EvaluationInputs {
  const landing = createLanding()
  return { graph, landing, bounds: findPartitionBounds(graph, landing, days * 86_400_000) }
}

/** Builds its ledger: everything but the newest day. */
export function createHourlySnapshot(): LedgerSnapshot {
  const [log, first] = [createContents(0, days), createContents(1, hours)]
  const [second, third] = [createContents(2, hours), createContents(3, hours)]
  const toDay = (hour: number): number => Math.floor(hour / 24)
  const histories = new Map([
    [
      "measured",
      createHistory("measured", first, log, (at) => ({ from: toDay(at), to: toDay(at) })),
    ],
    [
      "trailing_day",
      createHistory("trailing_day", second, first, (at) => ({ from: at - 23, to: at })),
    ],
    ["report", createHistory("report", third, second, (at) => ({ from: at, to: at }))],
  ])
  return {
    version: "1",
    histories,
    failures: new Map(),
    publications: new Map(),
    firstRuns: new Map(),
  }
}
