import type { Client } from "pg"

import { type LedgerNames, listComputationNames } from "./ledger-names.ts"
import { toMilliseconds } from "./milliseconds-sql.ts"

/** The median and the 90th percentile over a computation's newest steps. */
export interface Quantiles {
  readonly median: number
  readonly p90: number
}

/** The cost of one partition over the newest steps that materialized one. */
export interface Prediction {
  /** The number of steps that count, at most 20. */
  readonly steps: number
  readonly rows: Quantiles
  readonly bytes: Quantiles
  readonly milliseconds: Quantiles
}

/** Predicts the cost of the computations' next steps from their newest ones; computations without materializations have no entry. */
export async function readPredictions(
  client: Client,
  names: LedgerNames,
  computations: readonly string[],
): Promise<ReadonlyMap<string, Prediction>> {
  const computationNames = new Set(computations)
  const namePairs = names.graph.computations
    .filter(({ name }) => computationNames.has(name))
    .flatMap((computation) =>
      listComputationNames(names, computation).map((name) => [computation.name, name] as const),
    )
  if (namePairs.length === 0) return new Map()
  const { rows } = await client.query<PredictionRow>({
    name: "read_predictions",
    text: predictionsQuery,
    values: [namePairs.map(([computation]) => computation), namePairs.map(([, name]) => name)],
  })
  return new Map(
    rows.map(({ computation, steps, rows, bytes, milliseconds }) => [
      computation,
      {
        steps,
        rows: toQuantiles(rows),
        bytes: toQuantiles(bytes),
        milliseconds: toQuantiles(milliseconds),
      },
    ]),
  )
}

interface PredictionRow {
  readonly computation: string
  readonly steps: number
  readonly rows: readonly number[]
  readonly bytes: readonly number[]
  readonly milliseconds: readonly number[]
}

function toQuantiles([median = 0, p90 = 0]: readonly number[]): Quantiles {
  return { median, p90 }
}

const buildQuantiles = (value: string) =>
  `percentile_cont(array[0.5, 0.9]) within group (order by ${value})`

// A range of one name, because for an equality PostgreSQL may walk through the steps of all computations by id.
const predictionsQuery = `
  select computation, count(*)::integer as steps, ${buildQuantiles("rows")} as rows,
    ${buildQuantiles("bytes")} as bytes, ${buildQuantiles("milliseconds")} as milliseconds
  from (
    select w.computation, made.*,
      row_number() over (partition by w.computation order by made.id desc) as age
    from unnest($1::text[], $2::text[]) as w (computation, name) cross join lateral (
      select id, rows, bytes, ${toMilliseconds("ended_at - started_at")} as milliseconds
      from freshet.steps
      where computation >= w.name and computation <= w.name and outcome = 'materialized'
      order by computation desc, id desc limit 20
    ) as made
  ) as newest
  where age <= 20
  group by computation`
