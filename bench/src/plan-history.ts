import {
  type Graph,
  type Hash,
  type LandedPartition,
  type Landing,
  type Lanes,
} from "@freshet/core"
import {
  type Mark,
  type ParsedQueries,
  type Snapshot,
  type Timeline,
  checksVersion,
} from "@freshet/core"
import { assetNamed, codeVersion, contentFingerprint, fingerprint, lanesOf } from "@freshet/core"
import { lastingPartition, relationName, runningSums } from "@freshet/core"

import { type Shape, everyDay, nameOf } from "./plan-project.ts"

/** What happened since the last run, which made everything that there was to be made. */
export interface News {
  readonly title: string
  /** For how many of the days there were files at the last run. */
  readonly recordedDays: number
  /** Whether the file of a source for a day is another one now, or is gone. */
  readonly isChanged: (source: number, day: number) => boolean
  readonly isGone: (source: number, day: number) => boolean
  /** Assets whose query is another one now. */
  readonly edited: ReadonlySet<number>
}

/** The version of a dataset's rows of a day when the last run was over. */
export function recordedVersion(asset: number, day: number): string {
  const digits = (asset * 1009 + day * 7919 + 104_729).toString(16)
  return digits.padStart(16, "0").repeat(4)
}

/** What lies in the landing zone now. */
export function landingOf({ sources, days }: Shape, { isChanged, isGone }: News): Landing {
  const landing = new Map<string, Map<number, LandedPartition>>()
  for (let source = 0; source < sources; source += 1) {
    const landed = new Map<number, LandedPartition>()
    for (let day = 0; day < days; day += 1) {
      if (isGone(source, day)) continue
      const recorded = recordedVersion(source, day)
      const version = isChanged(source, day) ? `f${recorded.slice(1)}` : recorded
      const path = `${nameOf(source)}/${day}.json`
      landed.set(day, { files: [{ path, hash: version, bytes: 1 }], version })
    }
    landing.set(nameOf(source), landed)
  }
  return landing
}

/** How the last run read queries and told texts apart, and which version a dataset's rows of a day had. */
export interface Recording {
  readonly parsed: ParsedQueries
  readonly hash: Hash
  readonly version?: (asset: number, day: number) => string
}

/** The ledger after the last run, when the declarations were those of `graph`. */
export function snapshotOf(
  shape: Shape,
  { recordedDays: days }: News,
  graph: Graph,
  { parsed, hash, version: versionOf = recordedVersion }: Recording,
): Snapshot {
  const contents: Lanes[] = []
  const timelines = new Map<string, Timeline>()
  for (let number = 0; number < shape.assets; number += 1) {
    const outputs = contentsOf(days, (day) => versionOf(number, day))
    contents.push(outputs)
    if (number < shape.sources) continue
    const asset = assetNamed(graph, nameOf(number))
    const code = codeVersion(graph, asset.computation, parsed, hash)
    const inputs = inputsOf(shape, number, code, contents)
    const version = checksVersion(asset, hash)
    const checks = [{ version, failedErrors: 0, failedWarnings: 0 }]
    const marks: readonly Mark[] = [{ codeVersion: code, checks }]
    const mark = new Uint16Array(days).fill(1)
    const columns = { from: 0, length: days, mark, inputs, sums: [runningSums(outputs)], marks }
    timelines.set(asset.computation.name, { ...columns, earlier: new Map() })
  }
  return { position: "1", timelines, failures: new Map(), publications: new Map() }
}

function contentsOf(days: number, versionOf: (day: number) => string): Lanes {
  const lanes = lanesOf(days)
  for (let day = 0; day < days; day += 1) {
    const partition = lastingPartition(everyDay, day)
    const { low, high } = contentFingerprint(partition, versionOf(day))
    lanes.low[day] = low
    lanes.high[day] = high
  }
  return lanes
}

/** Each window summed by itself: the code plus, for each read, the sum of its contents times what stands for the relation. */
function inputsOf(
  { reads }: Shape,
  asset: number,
  code: string,
  contents: readonly Lanes[],
): Lanes {
  const inputs = lanesOf(contents[asset]?.low.length ?? 0)
  const start = fingerprint(code)
  inputs.low.fill(start.low)
  inputs.high.fill(start.high)
  for (const { of, days } of reads[asset] ?? []) {
    const window =
      days === 1
        ? ({ kind: "same" } as const)
        : ({ kind: "offsets", from: 1 - days, to: 0, onShortWindow: "truncate" } as const)
    const relation = fingerprint(relationName({ window, asset: { name: nameOf(of) } }))
    const upstream = contents[of] ?? lanesOf(0)
    for (let day = 0; day < inputs.low.length; day += 1) {
      let [low, high] = [0, 0]
      for (let each = Math.max(0, day + 1 - days); each <= day; each += 1) {
        low = (low + (upstream.low[each] ?? 0)) | 0
        high = (high + (upstream.high[each] ?? 0)) | 0
      }
      inputs.low[day] = (inputs.low[day] ?? 0) + Math.imul(relation.low | 1, low)
      inputs.high[day] = (inputs.high[day] ?? 0) + Math.imul(relation.high | 1, high)
    }
  }
  return inputs
}
