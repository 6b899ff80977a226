import { type Graph, joinedRanges, type PartitionRange, type RunIntent } from "@freshet/core"
import type { RecordedRanges } from "@freshet/schema"
import type { Client } from "pg"

import type { StepOutcomeKind } from "./history.ts"
import { type LedgerNames, nameToday } from "./ledger-names.ts"
import { partitionRanges, readLedgerNames, recordedRanges } from "./ledger-names.ts"

/** How far a run is with one computation. */
export interface ComputationProgress {
  readonly planned: readonly PartitionRange[]
  /** How its steps ended: outcome → partitions, each under its last outcome. */
  readonly ended: Readonly<Partial<Record<StepOutcomeKind, readonly PartitionRange[]>>>
}

/** How far a run is: computation → partitions, upstream first. */
export type RunProgress = ReadonlyMap<string, ComputationProgress>

/** What a run set out to do, in numbers of the ledger. */
export function recordedWork(
  names: LedgerNames,
  work: RunIntent["work"],
): Readonly<Record<string, RecordedRanges>> {
  const recorded = Object.entries(work).map(([computation, ranges]) => {
    const known = ranges.flatMap((range) => recordedRanges(names, computation, range))
    return [computation, joinedRanges(known).map(({ from, to }) => [from, to] as const)] as const
  })
  return Object.fromEntries(recorded)
}

/** How far a run is, or was when it ended; undefined when there is no such run. */
export async function readRunProgress(
  client: Client,
  graph: Graph,
  run: string,
): Promise<RunProgress | undefined> {
  const names = await readLedgerNames(client, graph)
  const { rows: runs } = await client.query<{ work: Readonly<Record<string, RecordedRanges>> }>(
    "select work from freshet.runs where id = $1",
    [run],
  )
  if (runs[0] === undefined) return undefined
  const { rows } = await client.query<EndedRange>(ending, [run])
  const { work } = runs[0]
  const known = new Set([...Object.keys(work), ...rows.map(({ name }) => name)])
  const ended = new Map<string, EndedRange[]>()
  for (const row of rows) {
    const own = ended.get(row.name)
    if (own === undefined) ended.set(row.name, [row])
    else own.push(row)
  }
  const order = new Map(graph.computations.map(({ name }, place) => [name, place]))
  const place = (name: string) => order.get(nameToday(names, name)) ?? Infinity
  return new Map(
    [...known]
      .toSorted((a, b) => place(a) - place(b) || 0)
      .map((name) => {
        const planned = (work[name] ?? []).map(([from, to]) => ({ from, to }))
        const today = nameToday(names, name)
        const own = ended.get(name) ?? []
        return [
          today,
          { planned: partitionRanges(names, today, planned), ended: endedOf(names, today, own) },
        ]
      }),
  )
}

interface EndedRange extends PartitionRange {
  readonly name: string
  readonly outcome: StepOutcomeKind
}

function endedOf(
  names: LedgerNames,
  computation: string,
  rows: readonly EndedRange[],
): ComputationProgress["ended"] {
  const outcomes = new Map<StepOutcomeKind, PartitionRange[]>()
  for (const { outcome, from, to } of rows) {
    const ranges = outcomes.get(outcome)
    if (ranges === undefined) outcomes.set(outcome, [{ from, to }])
    else ranges.push({ from, to })
  }
  return Object.fromEntries(
    [...outcomes].map(([outcome, ranges]) => [
      outcome,
      partitionRanges(names, computation, ranges),
    ]),
  )
}

/** Partitions that follow each other and ended alike, as ranges. */
const ending = `
  select name, outcome, min(partition) as from, max(partition) as to
  from (
    select name, outcome, partition,
      partition - row_number() over (partition by name, outcome order by partition) as island
    from (
      select distinct on (computation, partition) computation as name, partition, outcome
      from freshet.steps where run = $1
      order by computation, partition, id desc
    ) as newest
  ) as islands
  group by name, outcome, island
  order by name, outcome, 3`
