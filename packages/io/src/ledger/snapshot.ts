import type { Failure, Graph, Published, Snapshot } from "@freshet/core"
import { type Client, escapeLiteral, type QueryArrayConfig, type QueryArrayResult } from "pg"

import { computationNames, findPartitionOf, type LedgerNames } from "./ledger-names.ts"
import { nameToday, readLedgerNames, staticKeys } from "./ledger-names.ts"
import { epochMark, milliseconds, stepMark } from "./marks.ts"
import { readTimelines, type Touched } from "./read-timelines.ts"
import { readTimelineState, type TimelineState, writeTimelineState } from "./timeline-state.ts"

/** Rows touched and partitions forgotten since a state file was written: so many are read in addition; with more of them it is written anew; with far more the ledger is read whole. */
const longTail = 256
const longestTail = 200_000

/**
 * Reads what planning knows of the past, as it was at one instant. With a state file only what was recorded since it
 * was written is read from the ledger.
 */
export async function readSnapshot(
  client: Client,
  graph: Graph,
  { stateFile }: { readonly stateFile?: string | undefined } = {},
): Promise<Snapshot> {
  const state = stateFile === undefined ? undefined : readTimelineState(stateFile)
  try {
    const found = await open(client, graph, state)
    const known = isOf(state, found) ? state : undefined
    const names = await readLedgerNames(client, graph)
    const read = await readTimelines(client, names, known, found)
    await client.query("commit")
    const isShortOfNews = known === undefined || read.isIncomplete || tailOf(found) > longTail
    if (stateFile !== undefined && isShortOfNews)
      writeTimelineState(stateFile, { ...found.position, timelines: read.columns })
    const { ledger, epoch, step } = found.position
    return {
      position: `${ledger}/${epoch}/${step}`,
      timelines: read.timelines,
      failures: failuresOf(names, found.failures),
      publications: new Map(found.publications.map((row) => [text(row, 0), published(names, row)])),
    }
  } catch (cause) {
    await client.query("rollback").catch(() => undefined)
    throw cause
  }
}

/** Values as Postgres writes them: turning only some into numbers is much the faster way. */
type Texts = string[]

interface Opened {
  readonly position: Omit<TimelineState, "timelines">
  /** Marks of the step and the epoch that the state knows as the newest, and how many epochs after it are told of. */
  readonly knownStepMark: string
  readonly knownEpochMark: string
  readonly epochsSince: number
  readonly failures: readonly Texts[]
  readonly publications: readonly Texts[]
  readonly touched: readonly Touched[]
  readonly forgotten: readonly Touched[]
}

function tailOf({ touched, forgotten }: Opened): number {
  return touched.length + forgotten.length
}

/** Begins the transaction and reads everything but the timelines, in one round trip. */
async function open(
  client: Client,
  graph: Graph,
  state: TimelineState | undefined,
): Promise<Opened> {
  // Several statements give several results, which the types of `query` do not say.
  const results = (await client.query(
    opening(graph, state),
  )) as unknown as readonly QueryArrayResult<Texts>[]
  const [, positions = [], failures = [], publications = [], touched = [], forgotten = []] =
    results.map(({ rows }) => rows)
  const [row = []] = positions
  return {
    position: {
      ledger: text(row, 0),
      epoch: number(row, 1),
      epochMark: text(row, 2),
      step: number(row, 3),
      stepMark: text(row, 4),
    },
    knownStepMark: text(row, 5),
    knownEpochMark: text(row, 6),
    epochsSince: number(row, 7),
    failures,
    publications,
    touched: touched.map(touchedIn),
    forgotten: forgotten.map(touchedIn),
  }
}

function touchedIn(row: Texts): Touched {
  return { asset: text(row, 0), partition: number(row, 1) }
}

/** A ledger that was restored from a copy has the same identity, but other steps and epochs after it. */
function isOf(state: TimelineState | undefined, found: Opened): state is TimelineState {
  const { position, knownStepMark, knownEpochMark, epochsSince } = found
  return (
    state !== undefined &&
    state.ledger === position.ledger &&
    state.epoch + epochsSince === position.epoch &&
    state.epochMark === knownEpochMark &&
    state.step <= position.step &&
    state.stepMark === knownStepMark &&
    tailOf(found) <= longestTail
  )
}

function opening(graph: Graph, state: TimelineState | undefined): QueryArrayConfig {
  const { step, epoch } = state ?? { step: 0, epoch: 0 }
  const isKnown = state !== undefined
  return {
    rowMode: "array",
    types: { getTypeParser: () => (value: string) => value },
    text: `
      begin isolation level repeatable read read only;
      select ledger, epoch, ${epochMark("identity.epoch")}, newest, ${stepMark("newest")},
        ${stepMark(String(step))}, ${epochMark(String(epoch))},
        (select count(*) from freshet.forgettings where epoch > ${epoch})
      from freshet.identity, (select coalesce(max(id), 0) as newest from freshet.steps) as step;
      ${failing(graph)};
      ${showing};
      select asset, partition from freshet.materializations
      where touched > ${step} and ${isKnown}
      limit ${longestTail + 1};
      select asset, partition from freshet.forgettings,
        jsonb_each(partitions) as gone (asset, ranges),
        jsonb_array_elements(ranges) as range (ends),
        generate_series((ends ->> 0)::integer, (ends ->> 1)::integer) as partition
      where epoch > ${epoch} and ${isKnown}
      limit ${longestTail + 1}`,
  }
}

/** Newest failures after which the computation did not succeed, also not under another of its names. */
function failing(graph: Graph): string {
  const renamed = graph.computations
    .map((computation) => computationNames({ graph }, computation))
    .filter(({ length }) => length > 1)
  const names =
    renamed.length === 0
      ? "array[bad.computation]"
      : `coalesce((
          select array(select jsonb_array_elements_text(each))
          from jsonb_array_elements(${escapeLiteral(JSON.stringify(renamed))}) as each
          where each ? bad.computation limit 1
        ), array[bad.computation])`
  return `
    select computation, partition, run, outcome, coalesce(message, ''), ${milliseconds("ended_at")},
      fingerprint, (
        select coalesce(jsonb_agg(name order by name), '[]') from freshet.check_results
        where step = bad.id and severity = 'error' and not passed
      )
    from (
      select distinct on (computation, partition) * from freshet.steps
      where outcome in ('failed', 'refused')
      order by computation, partition, id desc
    ) as bad
    where (
      select good.id from freshet.steps as good
      where good.computation = any(${names}) and good.partition = bad.partition
        and good.id > bad.id and good.outcome in ('made', 'reused')
      limit 1
    ) is null
    order by id`
}

/** The newest publication of each set, without a look at the others. */
const showing = `
  with recursive sets as (
    (select set from freshet.publications order by set limit 1)
    union all
    select (select set from freshet.publications where set > sets.set order by set limit 1)
    from sets where sets.set is not null
  )
  select newest.* from sets cross join lateral (
    select set, partition, partition_key, version, ${milliseconds("published_at")}
    from freshet.publications where set = sets.set order by id desc limit 1
  ) as newest
  order by set`

function text(row: Texts, column: number): string {
  return row[column] ?? ""
}

function number(row: Texts, column: number): number {
  return Number(row[column])
}

/** Rows come oldest first, so that of several under different names the newest stays. */
function failuresOf(names: LedgerNames, rows: readonly Texts[]): Snapshot["failures"] {
  const failures = new Map<string, Map<number, Failure>>()
  for (const row of rows) {
    const computation = nameToday(names, text(row, 0))
    const partition = findPartitionOf(names, computation, number(row, 1))
    if (partition === undefined) continue
    const partitions = failures.get(computation)
    if (partitions === undefined) failures.set(computation, new Map([[partition, failure(row)]]))
    else partitions.set(partition, failure(row))
  }
  return failures
}

function failure(row: Texts): Failure {
  return {
    run: text(row, 2),
    outcome: row[3] === "refused" ? "refused" : "failed",
    message: text(row, 4),
    atMs: number(row, 5),
    fingerprint: text(row, 6),
    checks: JSON.parse(text(row, 7)) as string[], // an array of names, as the query says
  }
}

function published(names: LedgerNames, row: Texts): Published {
  const [set, partitionKey] = [text(row, 0), text(row, 2)]
  const place = staticPlace(names, set, partitionKey)
  const partition = place ?? number(row, 1)
  return { set, partition, partitionKey, version: text(row, 3), atMs: number(row, 4) }
}

/** The partition of a key, where keys are a set: the place that it has today. */
function staticPlace({ graph, places }: LedgerNames, set: string, key: string): number | undefined {
  if (places.size === 0) return undefined
  for (const asset of graph.assets.values()) {
    if (asset.kind === "source" || asset.publish?.set !== set) continue
    const place = staticKeys(asset.partitions)?.indexOf(key)
    if (place !== undefined && place >= 0) return place
  }
  return undefined
}
