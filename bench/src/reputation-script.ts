/**
 * Computes the datasets of reputation but its model as fast as one process with DuckDB can: closest connections, weekly
 * documents, recommendations with their reasons, and their tables on the first day.
 * Usage: reputation-script.js <landing> <scored weeks> <out> <memory in MB> [checks]. With "checks" it also asserts what
 * Freshet's checks assert.
 */
import { mkdirSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"

import { reputationDatasets } from "./reputation-datasets.ts"
import { landedDay } from "./reputation-landing.ts"

const decaySeconds = 90 * 86_400

const weight = `(((seconds::hugeint * 200000000 + ${decaySeconds}) // ${2 * decaySeconds})::decimal(20, 0)
  * 0.00000001::decimal(8, 8))::decimal(18, 8)`

const days = `timestamptz '${landedDay} 00:00:00+00' as created_at,
  timestamptz '${landedDay} 00:00:00+00' as updated_at`

/** Reads a file of engagements as a script does that trusts its input. */
function buildEngagements(landing: string, kind: string): string {
  const width = kind === "follow" ? "" : "message_id: 'BIGINT', "
  const type = kind === "follow" ? "" : ", kind: 'VARCHAR'"
  return `(
    select user_id, other_id, occurred_at
    from read_csv('${landing}/reputation/${kind}/${landedDay}.csv', header = false, auto_detect = false,
      delim = ',', columns = {user_id: 'INTEGER', other_id: 'INTEGER', ${width}occurred_at: 'TIMESTAMP'${type}})
  )`
}

const cleaned = String.raw`lower(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(body,
  '@[\p{L}\p{N}_]+', '', 'g'), 'https?://[^\s\p{Z}\x{b}\x{1c}-\x{1f}\x{85}]+', 'http', 'g'),
  '[!-/:-@\[-${"`"}{-~]', '', 'g'), '[^\x00-\x7f]', '', 'g'), '[0-9]', '', 'g'))`

/** SQL of datasets by their names. */
type Queries = Readonly<Record<string, string>>

function buildConnectionQueries(landing: string): Queries {
  const kinds = ["reply", "mention", "like"].map((kind) => buildEngagements(landing, kind))
  return {
    suspended_people: `
      select user_id from read_csv('${landing}/reputation/user/${landedDay}.csv', header = false,
        auto_detect = false, delim = ',', columns = {user_id: 'INTEGER',
          ${Array.from({ length: 10 }, (_, at) => `c${at}: 'VARCHAR'`).join(", ")}, suspended: 'TINYINT'})
      where suspended = 1`,
    followed_people: "select distinct user_id, other_id as followed_id from follows",
    decayed_engagements: `
      select user_id, other_id as engaged_with_id, count(*)::integer as events, sum(seconds)::bigint as seconds
      from (
        select user_id, other_id,
          ${decaySeconds} - date_diff('second', occurred_at, timestamp '${landedDay}' + interval 1 day) as seconds
        from (from follows union all from ${kinds.join(" union all from ")}) as engagements
      ) as weighted
      where seconds > 0 and user_id not in (from suspended_people)
        and other_id not in (from suspended_people)
      group by user_id, other_id`,
    closest_people: `
      select user_id, engaged_with_id as closest_connection, rank::integer as rank, seconds, ${weight} as weight
      from (
        select *, row_number() over (partition by user_id order by seconds desc, engaged_with_id) as rank
        from decayed_engagements
      ) as ranked where rank <= 50`,
    closest_people_lists: `
      select user_id, list(closest_connection order by rank) as closest_connections,
        list(weight order by rank) as weights
      from closest_people group by user_id`,
    closest_connections: `select user_id, closest_connection, weight, ${days} from closest_people`,
  }
}

function buildDocumentQueries(landing: string): Queries {
  return {
    clean_messages: `
      select id as message_id, user_id, created_at,
        date_trunc('week', timezone('UTC', created_at))::date as week, ${cleaned} as text, recommended
      from read_json('${landing}/reputation/messages/${landedDay}.json', format = 'newline_delimited',
        columns = {id: 'BIGINT', user_id: 'INTEGER', body: 'VARCHAR', created_at: 'TIMESTAMPTZ', recommended: 'BOOLEAN'})`,
    weekly_documents: `
      select user_id, week, count(*)::integer as messages,
        string_agg(text, ' ' order by created_at, message_id) as text,
        2 * count(*) filter (where recommended) > count(*) as is_good
      from clean_messages group by user_id, week`,
    training_documents: `
      select user_id, week, text, is_good,
        ('0x' || substr(md5('1 ' || user_id), 1, 8))::bigint % 5 = 0 as is_held_out
      from weekly_documents
      order by md5('1 ' || user_id || ' ' || week), user_id, week limit 20000`,
  }
}

function buildRecommendationQueries(scoredWeeks: string): Queries {
  return {
    person_candidates: `
      select first.user_id, first.closest_connection as reason_id,
        second.closest_connection as rec_id, second.seconds, second.weight
      from closest_people as first
      join closest_people as second on second.user_id = first.closest_connection
      left join followed_people as followed
        on followed.user_id = first.user_id and followed.followed_id = second.closest_connection
      where followed.user_id is null and second.closest_connection <> first.user_id`,
    reputation_scores: `
      select user_id, count(*)::integer as weeks, (count(*) filter (where is_good))::integer as good_weeks,
        ((count(*) filter (where is_good))::decimal(18, 8) / count(*))::decimal(9, 8) as score
      from '${scoredWeeks}' group by user_id`,
    recommended_people: `
      select user_id, rec_id, seconds
      from (
        select *, row_number() over (partition by user_id order by seconds desc, rec_id) as rank
        from (
          select user_id, rec_id, sum(seconds)::bigint as seconds from person_candidates
          where rec_id in (select user_id from reputation_scores where score > 0.75)
          group by user_id, rec_id
        ) as candidates
      ) as ranked where rank <= 20`,
    recommended_people_reasons: `
      select user_id, rec_id, reason_id, weight
      from person_candidates join recommended_people using (user_id, rec_id)`,
    rec_reasons: `select user_id, rec_id, reason_id, weight, ${days} from recommended_people_reasons`,
    recommendations: `select user_id, rec_id, ${days} from recommended_people`,
  }
}

/** Columns of each dataset's key. */
const keys: Readonly<Record<string, string>> = {
  suspended_people: "user_id",
  followed_people: "user_id, followed_id",
  decayed_engagements: "user_id, engaged_with_id",
  closest_people: "user_id, closest_connection",
  closest_people_lists: "user_id",
  closest_connections: "user_id, closest_connection",
  clean_messages: "message_id",
  weekly_documents: "user_id, week",
  training_documents: "user_id, week",
  reputation_scores: "user_id",
  recommended_people: "user_id, rec_id",
  recommended_people_reasons: "user_id, rec_id, reason_id",
  rec_reasons: "user_id, rec_id, reason_id",
  recommendations: "user_id, rec_id",
}

/** Assertions: each query finds no row. */
const checks: readonly string[] = [
  ...Object.entries(keys).map(
    ([name, key]) => `select 1 from ${name} group by ${key} having count(*) > 1`,
  ),
  `select 1 from decayed_engagements where seconds <= 0 or seconds > ${decaySeconds}::bigint * events`,
  ...["closest_connections", "rec_reasons", "recommendations"].flatMap((name) =>
    (keys[name] ?? "")
      .split(", ")
      .map((column) => `select 1 from ${name} where ${column} in (from suspended_people)`),
  ),
  ...["rec_reasons", "recommendations"].map(
    (name) => `select 1 from ${name} join followed_people as followed
      on followed.user_id = ${name}.user_id and followed.followed_id = ${name}.rec_id`,
  ),
  "select user_id, closest_connection from closest_connections except select user_id, closest_connection from closest_people",
  "select user_id, rec_id from recommendations except select user_id, rec_id from recommended_people",
  "select 1 from recommendations where user_id = rec_id",
  "select user_id, rec_id from recommendations except select user_id, rec_id from rec_reasons",
  "select user_id, rec_id from rec_reasons except select user_id, rec_id from recommendations",
  "select user_id, rec_id from recommended_people except select user_id, rec_id from recommended_people_reasons",
  "select user_id, rec_id, reason_id from rec_reasons except select user_id, rec_id, reason_id from recommended_people_reasons",
]

async function main([
  landing = "",
  scoredWeeks = "",
  out = "",
  memory = "",
  mode = "",
]: readonly string[]) {
  mkdirSync(out, { recursive: true })
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(availableParallelism()),
    memory_limit: `${memory}MB`,
    temp_directory: join(out, "spill"),
    preserve_insertion_order: "false",
  })
  const connection = await instance.connect()
  await connection.run("set TimeZone = 'UTC'")
  await connection.run(`create temp table follows as from ${buildEngagements(landing, "follow")}`)
  const queries: Queries = {
    ...buildConnectionQueries(landing),
    ...buildDocumentQueries(landing),
    ...buildRecommendationQueries(scoredWeeks),
  }
  for (const name of reputationDatasets) {
    await writeDataset(connection, { out, name, query: queries[name] ?? "" })
    if (name === "decayed_engagements") await connection.run("drop table follows")
  }
  for (const check of mode === "checks" ? checks : []) {
    const result = await connection.runAndReadAll(`select count(*)::double from (${check})`)
    if (result.getRowsJson()[0]?.[0] !== 0) throw new Error(`rows are wrong: ${check}`)
  }
  connection.closeSync()
  instance.closeSync()
}

async function writeDataset(
  connection: DuckDBConnection,
  { out, name, query }: { readonly out: string; readonly name: string; readonly query: string },
): Promise<void> {
  mkdirSync(join(out, name), { recursive: true })
  const file = join(out, name, `${landedDay}.parquet`)
  await connection.run(`copy (${query}) to '${file}'
    (format parquet, compression zstd, compression_level 1)`)
  await connection.run(`create temp view ${name} as from '${file}'`)
}

await main(process.argv.slice(2))
