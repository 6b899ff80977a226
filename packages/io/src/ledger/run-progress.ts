import { groupBy, joinRanges, type PartitionRange, type RunIntent } from "@freshet/core/engine"
import type { RecordedRanges } from "@freshet/schema/ledger"
import type { Client } from "pg"

import {
  getCurrentName,
  type LedgerNames,
  toPartitionRanges,
  toRecordedRanges,
} from "./ledger-names.ts"
import type { StepOutcomeKind } from "./runs.ts"

/** The progress of a run in one computation. */
export interface ComputationProgress {
  readonly planned: readonly PartitionRange[]
  /** Outcome → partitions, each under its latest outcome. */
  readonly partitionsByOutcome: Readonly<
    Partial<Record<StepOutcomeKind, readonly PartitionRange[]>>
  >
}

/** The progress of a run: computation → partitions, upstream first. */
export type RunProgress = ReadonlyMap<string, ComputationProgress>

/** Converts the planned work of a run to partition numbers of the ledger. */
export function toRecordedWork(
  names: LedgerNames,
  work: RunIntent["work"],
): Readonly<Record<string, RecordedRanges>> {
  const entries = Object.entries(work).map(([computation, ranges]) => {
    const ids = ranges.flatMap((range) => toRecordedRanges(names, computation, range))
    return [computation, joinRanges(ids).map(({ from, to }) => [from, to] as const)] as const
  })
  return Object.fromEntries(entries)
}

/** Reads the progress of a run; undefined without such a run. */
export async function readRunProgress(
  client: Client,
  names: LedgerNames,
  run: string,
): Promise<RunProgress | undefined> {
  const { rows: runs } = await client.query<{ work: Readonly<Record<string, RecordedRanges>> }>(
    "select work from freshet.runs where id = $1",
    [run],
  )
  if (runs[0] === undefined) return undefined
  const { rows } = await client.query<OutcomeRange>(outcomeRangesQuery, [run])
  const { work } = runs[0]
  const computationNames = new Set([...Object.keys(work), ...rows.map(({ name }) => name)])
  const rowsByName = groupBy(rows, ({ name }) => name)
  const positions = new Map(names.graph.computations.map(({ name }, position) => [name, position]))
  const getPosition = (name: string) => positions.get(getCurrentName(names, name)) ?? Infinity
  return new Map(
    [...computationNames]
      .toSorted((a, b) => getPosition(a) - getPosition(b) || 0)
      .map((name) => {
        const planned = (work[name] ?? []).map(([from, to]) => ({ from, to }))
        const currentName = getCurrentName(names, name)
        const nameRows = rowsByName.get(name) ?? []
        return [
          currentName,
          {
            planned: toPartitionRanges(names, currentName, planned),
            partitionsByOutcome: groupByOutcome(names, currentName, nameRows),
          },
        ]
      }),
  )
}

interface OutcomeRange extends PartitionRange {
  readonly name: string
  readonly outcome: StepOutcomeKind
}

function groupByOutcome(
  names: LedgerNames,
  computation: string,
  rows: readonly OutcomeRange[],
): ComputationProgress["partitionsByOutcome"] {
  const outcomes = new Map<StepOutcomeKind, PartitionRange[]>()
  for (const { outcome, from, to } of rows) {
    const ranges = outcomes.get(outcome)
    if (ranges === undefined) outcomes.set(outcome, [{ from, to }])
    else ranges.push({ from, to })
  }
  return Object.fromEntries(
    [...outcomes].map(([outcome, ranges]) => [
      outcome,
      toPartitionRanges(names, computation, ranges),
    ]),
  )
}

/** Joins consecutive partitions of the same outcome to ranges. */
const outcomeRangesQuery = `
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
