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
      publications: new Map((publications ?? []).map((row) => [row[0] ?? "", published(row)])),
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
  types: { getTypeParser: () => (text: string) => text },
  text: `
    begin isolation level repeatable read read only;
    select distinct on (asset, partition) asset, partition, id, code_version, input_version,
      data_version, file, rows, bytes, ${milliseconds("recorded_at")}, duration_ms,
      check_version, failed_errors, failed_warnings
    from freshet.materializations
    order by asset desc, partition desc, seq desc;
    select distinct on (computation, partition) computation, partition, run, outcome,
      coalesce(message, ''), ${milliseconds("ended_at")}, input_version
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
    const [name = "", partition] = row
    const partitions = byName.get(name)
    if (partitions === undefined) byName.set(name, new Map([[Number(partition), value(row)]]))
    else partitions.set(Number(partition), value(row))
  }
  return byName
}

function recorded(row: Texts): Recorded {
  const [, , id, codeVersion = "", inputVersion = "", dataVersion = "", file = "", rows] = row
  const [bytes, atMs, durationMs, checkVersion = "", failedErrors, failedWarnings] = row.slice(8)
  return {
    id: Number(id),
    codeVersion,
    inputVersion,
    dataVersion,
    file,
    rows: Number(rows),
    bytes: Number(bytes),
    atMs: Number(atMs),
    durationMs: Number(durationMs),
    checkVersion,
    failedErrors: Number(failedErrors),
    failedWarnings: Number(failedWarnings),
  }
}

function failure(row: Texts): Failure {
  const [, , run = "", outcome, message = "", atMs, inputVersion = ""] = row
  return {
    run,
    outcome: outcome === "refused" ? "refused" : "failed",
    message,
    atMs: Number(atMs),
    inputVersion,
  }
}

function published(row: Texts): Published {
  const [set = "", partition, partitionKey = "", version = "", atMs] = row
  return { set, partition: Number(partition), partitionKey, version, atMs: Number(atMs) }
}
