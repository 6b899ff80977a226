import { withLedgerConnection } from "@freshet/io"

import type { TestProject } from "./test-project.ts"

type LedgerClient = Parameters<Parameters<typeof withLedgerConnection>[1]>[0]

/** One recorded materialization. */
export interface MaterializationRow {
  readonly asset: string
  readonly day: string
  readonly dataVersion: string
  readonly file: string
  readonly rows: number
}

/** A change of the published tables as it was recorded with them. */
export interface PublicationRow {
  readonly day: string
  readonly version: string
  readonly rows: Readonly<Record<string, number>>
}

/** Contents of the database of a project. */
export interface LedgerContents {
  /** Every materialization ever recorded. */
  readonly materializations: readonly MaterializationRow[]
  /** "user_recs 2026-01-05" → data version of the newest materialization. */
  readonly versions: ReadonlyMap<string, string>
  readonly publications: readonly PublicationRow[]
  /** Table → its rows as text without the times of writing, in order; without tables before the first migration. */
  readonly published: ReadonlyMap<string, readonly string[]>
}

const publishedTables = [
  "room_rec_reasons",
  "room_recs",
  "rooms",
  "user_rec_reasons",
  "user_recs",
  "users",
] as const

/** Runs `work` with a client of the project's database. */
export function withLedgerClient<T>(
  place: Pick<TestProject, "withDatabase">,
  work: (client: LedgerClient) => Promise<T>,
): Promise<T> {
  return place.withDatabase((url) => withLedgerConnection(url, work))
}

/** Reads all contents in one snapshot. */
export function readContents(place: TestProject): Promise<LedgerContents> {
  return withLedgerClient(place, async (client) => {
    await client.query("begin isolation level repeatable read read only")
    const isMigrated = await client.query("select from pg_tables where tablename = 'user_recs'")
    if (isMigrated.rowCount === 0)
      return { materializations: [], versions: new Map(), publications: [], published: new Map() }
    const materializations = await readMaterializations(client)
    const publications = await readPublicationRows(client)
    const published = await readPublished(client, ["created_at", "updated_at"])
    const versions = new Map(
      materializations.map(({ asset, day, dataVersion }) => [`${asset} ${day}`, dataVersion]),
    )
    return { materializations, versions, publications, published }
  })
}

async function readMaterializations(client: LedgerClient): Promise<readonly MaterializationRow[]> {
  const { rows } = await client.query<MaterializationRow>(`
    select asset, (date '1970-01-01' + partition)::text as day, data_version as "dataVersion",
      file, rows::float8
    from freshet.materializations order by seq`)
  return rows
}

async function readPublicationRows(client: LedgerClient): Promise<readonly PublicationRow[]> {
  const { rows } = await client.query<PublicationRow>(`
    select partition_key as day, version,
      (select jsonb_object_agg(change->>'asset', change->'rows')
       from jsonb_array_elements(changes) as change) as rows
    from freshet.publications order by id`)
  return rows
}

async function readPublished(
  client: LedgerClient,
  without: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = new Map<string, readonly string[]>()
  for (const table of publishedTables) {
    const { rows } = await client.query<{ row: string }>(
      `select (to_jsonb(t) - $1::text[])::text as row from stocktwits.${table} as t order by 1`,
      [without],
    )
    tables.set(
      table,
      rows.map(({ row }) => row),
    )
  }
  return tables
}

/** Changes the time of the first run of each asset, from which on its deadlines count. */
export async function setFirstRuns(
  place: Pick<TestProject, "withDatabase">,
  day: string,
): Promise<void> {
  await withLedgerClient(place, (client) =>
    client.query("update freshet.declared_assets set first_run_at = $1", [day]),
  )
}

/** Reads the published rows with the times of their writing. */
export function readPublishedWithTimes(
  place: TestProject,
): Promise<ReadonlyMap<string, readonly string[]>> {
  return withLedgerClient(place, (client) => readPublished(client, []))
}

/** How the steps of the newest run ended: "user_recs 2026-01-05" → "materialized". */
export function readNewestSteps(place: TestProject): Promise<ReadonlyMap<string, string>> {
  return withLedgerClient(place, async (client) => {
    const { rows } = await client.query<{ step: string; outcome: string }>(`
      select computation || ' ' || (date '1970-01-01' + partition) as step, outcome
      from freshet.steps
      where run = (select id from freshet.runs order by started_at desc limit 1)`)
    return new Map(rows.map(({ step, outcome }) => [step, outcome]))
  })
}

/** Reads the line counts of the activity log by day, in the newest step that read each. */
export function readLineCounts(place: TestProject) {
  return withLedgerClient(place, async (client) => {
    const { rows } = await client.query<{
      readonly source: string
      readonly day: string
      readonly lines: number
      readonly rows: number
      readonly quarantined: number
      readonly reasons: readonly { readonly reason: string; readonly lines: number }[]
      readonly file: string | null
    }>(`
      select source, (date '1970-01-01' + partition)::text as day, counts.lines::float8,
        counts.rows::float8, quarantined::float8, reasons, file
      from freshet.line_counts as counts join freshet.steps on steps.id = counts.step
      order by steps.id`)
    return new Map(rows.map((row) => [`${row.source} ${row.day}`, row]))
  })
}
