import type { Failure, Published, Recorded, Snapshot } from "@freshet/core"
import type { Client, QueryArrayConfig, QueryArrayResult } from "pg"

/** Reads what planning knows of the past, as it was at one instant, in one round trip. */
export async function readSnapshot(client: Client): Promise<Snapshot> {
  try {
    // Several statements give several results, which the types of `query` do not say.
    const results = (await client.query(reading)) as unknown as readonly QueryArrayResult<Texts>[]
    const [, materializations, failures, publications] = results.map(({ rows }) => rows)
    return {
      materializations: byPartition(materializations ?? [], recorded),
      failures: byPartition(failures ?? [], failure),
      publications: new Map((publications ?? []).map((row) => [text(row, 0), published(row)])),
    }
  } catch (cause) {
    await client.query("rollback").catch(() => undefined)
    throw cause
  }
}

/** Values as Postgres writes them: turning only some into numbers is much the faster way. */
type Texts = string[]

const milliseconds = (column: string) => `extract(epoch from ${column}) * 1000`

const reading: QueryArrayConfig = {
  rowMode: "array",
  types: { getTypeParser: () => (value: string) => value },
  text: `
    begin isolation level repeatable read read only;
    select distinct on (asset, partition) asset, partition, id, code_version, input_version,
      data_version, file, rows, bytes, ${milliseconds("recorded_at")}, duration_ms,
      check_version, failed_errors, failed_warnings
    from freshet.materializations
    order by asset desc, partition desc, seq desc;
    select distinct on (computation, partition) computation, partition, run, outcome,
      coalesce(message, ''), ${milliseconds("ended_at")}, input_version, (
        select coalesce(jsonb_agg(name order by name), '[]') from freshet.check_results
        where step = bad.id and severity = 'error' and not passed
      )
    from freshet.steps as bad
    where outcome in ('failed', 'refused') and not exists (
      select from freshet.steps as good
      where good.computation = bad.computation and good.partition = bad.partition
        and good.id > bad.id and good.outcome in ('made', 'reused')
    )
    order by computation, partition, id desc;
    select distinct on (set) set, partition, partition_key, version, ${milliseconds("published_at")}
    from freshet.publications
    order by set, id desc;
    commit`,
}

/** Rows that begin with a name and a partition, as name → partition → value. */
function byPartition<T>(
  rows: readonly Texts[],
  value: (row: Texts) => T,
): ReadonlyMap<string, ReadonlyMap<number, T>> {
  const byName = new Map<string, Map<number, T>>()
  for (const row of rows) {
    const name = text(row, 0)
    const partitions = byName.get(name)
    if (partitions === undefined) byName.set(name, new Map([[number(row, 1), value(row)]]))
    else partitions.set(number(row, 1), value(row))
  }
  return byName
}

function text(row: Texts, column: number): string {
  return row[column] ?? ""
}

function number(row: Texts, column: number): number {
  return Number(row[column])
}

function recorded(row: Texts): Recorded {
  return {
    id: number(row, 2),
    codeVersion: text(row, 3),
    inputVersion: text(row, 4),
    dataVersion: text(row, 5),
    file: text(row, 6),
    rows: number(row, 7),
    bytes: number(row, 8),
    atMs: number(row, 9),
    durationMs: number(row, 10),
    checkVersion: text(row, 11),
    failedErrors: number(row, 12),
    failedWarnings: number(row, 13),
  }
}

function failure(row: Texts): Failure {
  return {
    run: text(row, 2),
    outcome: row[3] === "refused" ? "refused" : "failed",
    message: text(row, 4),
    atMs: number(row, 5),
    inputVersion: text(row, 6),
    checks: JSON.parse(text(row, 7)) as string[], // an array of names, as the query says
  }
}

function published(row: Texts): Published {
  return {
    set: text(row, 0),
    partition: number(row, 1),
    partitionKey: text(row, 2),
    version: text(row, 3),
    atMs: number(row, 4),
  }
}
