import { FreshetError, type Graph } from "@freshet/core"
import type { Client } from "pg"

import { findPartitionOf, namesOf, nameToday, readLedgerNames } from "./ledger-names.ts"
import { runLockHeld } from "./locks.ts"

/** A materialization that need not be kept any more. */
export interface Garbage {
  readonly id: number
  readonly asset: string
  /** Undefined where its asset or its key is not declared any more. */
  readonly partition: number | undefined
  readonly file: string
  readonly rows: number
  readonly bytes: number
  /** When a newer one of its partition was recorded, or its asset was found to be declared no more. */
  readonly replacedMs: number
}

/** When it is, and for how long what could go is kept all the same. */
export interface GarbageOptions {
  readonly nowMs: number
  readonly graceMs: number
}

/** Days that materializations of assets are kept for which nobody says so: their assets are gone. */
const daysOfRemoved = 30

const msPerDay = 86_400_000

/**
 * The materializations that are not kept: replaced by a newer one of their partition, or their asset removed, longer
 * ago than their retention and the grace period; shown by no publication; read by none of those that are kept.
 */
export async function findGarbage(
  client: Client,
  graph: Graph,
  { nowMs, graceMs }: GarbageOptions,
): Promise<readonly Garbage[]> {
  const names = await readLedgerNames(client, graph)
  const owned = [...graph.assets.values()].flatMap((asset) =>
    asset.kind === "source"
      ? []
      : namesOf(names, asset).map((name) => [name, asset.name, asset.retention.days] as const),
  )
  const { rows } = await client.query<GarbageRow>(finding, [
    owned.map(([name]) => name),
    owned.map(([, asset]) => asset),
    owned.map(([, , days]) => days * msPerDay),
    daysOfRemoved * msPerDay,
    nowMs - graceMs,
  ])
  return rows.map(({ name, partition, ...row }) => {
    const asset = nameToday(names, name)
    const isDeclared = graph.assets.has(asset)
    return {
      ...row,
      asset,
      partition: isDeclared ? findPartitionOf(names, asset, partition) : undefined,
    }
  })
}

interface GarbageRow extends Omit<Garbage, "asset" | "partition"> {
  readonly name: string
  readonly partition: number
}

const milliseconds = (column: string) => `extract(epoch from ${column})::float8 * 1000`

/**
 * What the materializations read that stay was recorded with the step that made them, under the names of that time.
 * What is only kept because another one reads it need not have its own inputs.
 */
const finding = `
  with owned as (
    select * from unnest($1::text[], $2::text[], $3::float8[]) as owned (name, asset, keep_ms)
  ), kept_until as (
    select m.id, m.asset as name, coalesce(owned.asset, m.asset) as asset, m.partition, m.seq,
      m.data_version, m.file, m.rows, m.bytes, m.step, coalesce(owned.keep_ms, $4) as keep_ms,
      least(
        ${milliseconds(`lead(m.recorded_at) over (
          partition by coalesce(owned.asset, m.asset), m.partition order by m.seq
        )`)},
        case when owned.asset is null then ${milliseconds("declared.removed_at")} end
      ) as replaced_ms
    from freshet.materializations as m
    left join owned on owned.name = m.asset
    left join freshet.declared_assets as declared on declared.name = m.asset
  ), shown as (
    select distinct on (set) files, changes, partition from freshet.publications
    order by set, id desc
  ), old as materialized (
    select * from kept_until where replaced_ms + keep_ms < $5 and not exists (
      select from shown where case
        when shown.files = '[]' then kept_until.partition = shown.partition and exists (
          select from jsonb_array_elements(shown.changes) as change
          where change ->> 'asset' = kept_until.asset
        )
        else shown.files ? kept_until.file
      end
    )
  ), reading as (
    select steps.reads from freshet.steps
    where exists (
      select from kept_until where kept_until.step = steps.id
        and not exists (select from old where old.id = kept_until.id)
    ) and exists (select from old)
  ), read as (
    select distinct coalesce(owned.asset, input ->> 1) as asset, (version ->> 0)::integer as partition,
      version ->> 1 as data_version
    from reading, jsonb_array_elements(reading.reads) as input
    left join owned on owned.name = input ->> 1
    cross join jsonb_array_elements(input -> 3) as version
    where coalesce(owned.asset, input ->> 1) in (select asset from old)
  )
  select id::float8, name, partition, file, rows::float8, bytes::float8,
    replaced_ms as "replacedMs"
  from old
  where not exists (
    select from read where read.asset = old.asset and read.partition = old.partition
      and read.data_version = old.data_version
  )
  order by asset, partition, seq`

/** Forgets materializations, all or none of them, and says how many there were. Only the holder of the right to run may. */
export async function forgetMaterializations(
  client: Client,
  ids: readonly number[],
): Promise<number> {
  const { rows } = await client.query<{ mayForget: boolean; forgotten: number }>(forgetting, [ids])
  const [done] = rows
  if (done?.mayForget !== true)
    throw new FreshetError("ledger", "Only a run may forget materializations, and this is none.")
  return done.forgotten
}

/** One statement is one transaction. */
const forgetting = `
  with may as (
    select ${runLockHeld("pid = pg_backend_pid()")} as forget
  ), forgotten as (
    delete from freshet.materializations
    where id = any($1::bigint[]) and (select forget from may)
    returning id
  ), moved as (
    update freshet.identity set epoch = epoch + 1 where exists (select from forgotten)
  )
  select may.forget as "mayForget", (select count(*)::integer from forgotten) as forgotten from may`

/**
 * Every file that the ledger refers to, as its key in the store: what is materialized, what lines a kept or young step
 * set aside, and refused rows that are younger than the grace period; all as it is once these materializations are
 * forgotten. A key may come more than once.
 */
export async function* keptFiles(
  client: Client,
  { nowMs, graceMs }: GarbageOptions,
  forgotten: readonly number[] = [],
): AsyncGenerator<string> {
  await client.query("begin isolation level repeatable read read only")
  try {
    await client.query(listing, [(nowMs - graceMs) / 1000, forgotten])
    for (;;) {
      const { rows } = await client.query<[string]>({
        rowMode: "array",
        text: "fetch 20000 from kept_files",
      })
      if (rows.length === 0) return
      for (const [file] of rows) yield file
    }
  } finally {
    await client.query("rollback")
  }
}

const listing = `
  declare kept_files no scroll cursor for
  select file from freshet.materializations where id <> all($2::bigint[])
  union all
  select jsonb_array_elements_text(kept) from freshet.steps
  where outcome in ('failed', 'refused') and kept is not null and ended_at >= to_timestamp($1)
  union all
  select file from freshet.line_counts
  where file is not null and (
    step in (select step from freshet.materializations where id <> all($2::bigint[]))
    or step in (select id from freshet.steps where ended_at >= to_timestamp($1))
  )`
