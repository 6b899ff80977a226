import {
  buildRunningSums,
  computeChecksVersion,
  computeCodeVersion,
  computeFingerprint,
  createLanes,
  fingerprintContent,
  formatRelationName,
  getAsset,
  getStablePartition,
  type Graph,
  type Hash,
  type LandedPartition,
  type Landing,
  type Lanes,
  type Window,
  type LedgerSnapshot,
  type MaterializationHistory,
  type MaterializationVersion,
  type ParsedQueries,
} from "@freshet/core/engine"

import { type Shape, dailyPartitions, getAssetName } from "./plan-project.ts"

/** Changes since the last run, which materialized everything. */
export interface Scenario {
  readonly title: string
  /** Number of days with files at the last run. */
  readonly recordedDays: number
  /** Tests if the file of a source for a day has changed, or is gone. */
  readonly isChanged: (source: number, day: number) => boolean
  readonly isGone: (source: number, day: number) => boolean
  /** Assets whose query has changed. */
  readonly edited: ReadonlySet<number>
}

/** Computes the version of a dataset's rows of a day after the last run. */
export function getRecordedVersion(asset: number, day: number): string {
  const digits = (asset * 1009 + day * 7919 + 104_729).toString(16)
  return digits.padStart(16, "0").repeat(4)
}

/** Lists the files of the landing zone. */
export function createLanding({ sources, days }: Shape, { isChanged, isGone }: Scenario): Landing {
  const landing = new Map<string, Map<number, LandedPartition>>()
  for (let source = 0; source < sources; source += 1) {
    const landedPartitions = new Map<number, LandedPartition>()
    for (let day = 0; day < days; day += 1) {
      if (isGone(source, day)) continue
      const recorded = getRecordedVersion(source, day)
      const version = isChanged(source, day) ? `f${recorded.slice(1)}` : recorded
      const path = `${getAssetName(source)}/${day}.json`
      landedPartitions.set(day, { files: [{ path, hash: version, bytes: 1 }], version })
    }
    landing.set(getAssetName(source), landedPartitions)
  }
  return landing
}

/** Queries and texts as the last run read them, and the version of a dataset's rows of a day. */
export interface LedgerOptions {
  readonly parsed: ParsedQueries
  readonly hash: Hash
  readonly version?: (asset: number, day: number) => string
}

/** Builds the ledger after the last run, with the declarations of `graph`. */
export function createSnapshot(
  shape: Shape,
  { recordedDays: days }: Scenario,
  graph: Graph,
  { parsed, hash, version: getVersion = getRecordedVersion }: LedgerOptions,
): LedgerSnapshot {
  const contents: Lanes[] = []
  const histories = new Map<string, MaterializationHistory>()
  for (let number = 0; number < shape.assets; number += 1) {
    const outputs = createContents(days, (day) => getVersion(number, day))
    contents.push(outputs)
    if (number < shape.sources) continue
    const asset = getAsset(graph, getAssetName(number))
    const code = computeCodeVersion(graph, asset.computation, parsed, hash)
    const inputs = createInputs(shape, number, code, contents)
    const checksVersionText = computeChecksVersion(asset, hash)
    const checks = [{ version: checksVersionText, failedErrors: 0, failedWarnings: 0 }]
    const versions: readonly MaterializationVersion[] = [{ codeVersion: code, checks }]
    const versionIndex = new Uint16Array(days).fill(1)
    const columns = {
      from: 0,
      length: days,
      versionIndex,
      inputs,
      sums: [buildRunningSums(outputs)],
      versions,
    }
    histories.set(asset.computation.name, { ...columns, earlier: new Map() })
  }
  return {
    version: "1",
    histories,
    failures: new Map(),
    publications: new Map(),
    firstRuns: new Map(),
  }
}

function createContents(days: number, getVersion: (day: number) => string): Lanes {
  const lanes = createLanes(days)
  for (let day = 0; day < days; day += 1) {
    const partition = getStablePartition(dailyPartitions, day)
    const { low, high } = fingerprintContent(partition, getVersion(day))
    lanes.low[day] = low
    lanes.high[day] = high
  }
  return lanes
}

/** Declares the window of a number of days that ends with the reader's day. */
export function declareWindow(days: number): Window {
  return days === 1
    ? { kind: "same" }
    : { kind: "offsets", from: 1 - days, to: 0, onShortWindow: "truncate" }
}

/** Sums each window by itself: the code plus, for each read, the sum of its contents times the factor of the relation. */
function createInputs(
  { reads }: Shape,
  asset: number,
  code: string,
  contents: readonly Lanes[],
): Lanes {
  const inputs = createLanes(contents[asset]?.low.length ?? 0)
  const start = computeFingerprint(code)
  inputs.low.fill(start.low)
  inputs.high.fill(start.high)
  for (const { upstreamIndex, days } of reads[asset] ?? []) {
    const window = declareWindow(days)
    const relation = computeFingerprint(
      formatRelationName({ window, asset: { name: getAssetName(upstreamIndex) } }),
    )
    const upstream = contents[upstreamIndex] ?? createLanes(0)
    for (let day = 0; day < inputs.low.length; day += 1) {
      let [low, high] = [0, 0]
      for (let windowDay = Math.max(0, day + 1 - days); windowDay <= day; windowDay += 1) {
        low = (low + (upstream.low[windowDay] ?? 0)) | 0
        high = (high + (upstream.high[windowDay] ?? 0)) | 0
      }
      inputs.low[day] = (inputs.low[day] ?? 0) + Math.imul(relation.low | 1, low)
      inputs.high[day] = (inputs.high[day] ?? 0) + Math.imul(relation.high | 1, high)
    }
  }
  return inputs
}
