import { buildRead, type ScriptFolders, buildCopy } from "./script-files.ts"
import type { Step } from "./script-steps.ts"

const windowDays = 7

const logColumns = `{
  action: 'VARCHAR', user_id: 'INTEGER', following_user_id: 'INTEGER', room_id: 'INTEGER',
  message_id: 'BIGINT', mention_ids: 'VARCHAR', timestamp: 'TIMESTAMPTZ'}`

const wellFormed = `
  case action
    when 'like' then user_id > 0 and message_id between 1 and 9007199254740991
    when 'message' then user_id > 0 and room_id > 0 and message_id between 1 and 9007199254740991
    when 'follow' then user_id > 0 and following_user_id > 0
    when 'subscribe' then user_id > 0 and room_id > 0
    else false
  end`

/** Creates the steps of each day. */
export function createDailySteps(folders: ScriptFolders, days: readonly string[]): readonly Step[] {
  return days.flatMap((day, at) => [
    createActivitiesStep(folders, day),
    createMentionsStep(folders, day),
    createLikedMessagesStep(folders, day, days.slice(Math.max(0, at + 1 - windowDays), at + 1)),
    createCumulativeStep(folders, { pair: follows, day, previousDay: days[at - 1] }),
    createCumulativeStep(folders, { pair: subscriptions, day, previousDay: days[at - 1] }),
  ])
}

function createActivitiesStep(folders: ScriptFolders, day: string): Step {
  const table = `"activities ${day}"`
  const buildWrite = (dataset: string, query: string) => buildCopy(folders, dataset, day, query)
  return {
    name: `activities ${day}`,
    needs: [],
    run: async ({ run, rows }) => {
      await run(`create table ${table} as
        select * from read_json('${folders.landing}/stocktwits/activity/${day}.json',
          format = 'newline_delimited', compression = 'uncompressed', ignore_errors = true,
          columns = ${logColumns})
        where ${wellFormed}`)
      const repeatedIds = await rows(`
        select message_id::varchar from ${table} where action = 'message'
        group by message_id having count(*) > 1`)
      const ids = repeatedIds.flatMap(([id]) => (typeof id === "string" ? [id] : []))
      if (ids.length > 0) await run(buildDeleteRepeated(table, ids.join(", ")))
      await run(
        buildWrite(
          "follows",
          `select user_id, following_user_id, timestamp as occurred_at
           from ${table} where action = 'follow'`,
        ),
      )
      await run(
        buildWrite(
          "subscribes",
          `select user_id, room_id, timestamp as occurred_at
           from ${table} where action = 'subscribe'`,
        ),
      )
      await run(
        buildWrite(
          "messages",
          `select message_id, user_id, room_id,
             case when trim(mention_ids) <> '' then string_split(mention_ids, ',')::integer[]
               else [] end as mention_ids,
             timestamp as occurred_at, date '${day}' as day
           from ${table} where action = 'message'`,
        ),
      )
      await run(
        buildWrite(
          "likes",
          `select user_id, message_id, timestamp as occurred_at
           from ${table} where action = 'like'`,
        ),
      )
      await run(`drop table ${table}`)
    },
  }
}

/** Keeps the first of messages with the same id. */
function buildDeleteRepeated(table: string, ids: string): string {
  return `
    delete from ${table} where rowid in (
      select rowid from ${table} where action = 'message' and message_id in (${ids})
      qualify row_number() over (partition by message_id order by rowid) > 1)`
}

function createMentionsStep(folders: ScriptFolders, day: string): Step {
  const query = `
    select user_id, unnest(mention_ids) as mentioned_user_id
    from ${buildRead(folders, "messages", [day])}`
  return {
    name: `user_mentions ${day}`,
    needs: [`activities ${day}`],
    run: ({ run }) => run(buildCopy(folders, "user_mentions", day, query)),
  }
}

/** Looks up the message of every like. Only ids that were reused on another day need a search for the earliest. */
function createLikedMessagesStep(
  folders: ScriptFolders,
  day: string,
  window: readonly string[],
): Step {
  const table = `"liked ${day}"`
  const likes = buildRead(folders, "likes", [day])
  const messages = buildRead(folders, "messages", window)
  const buildLookUp = (messageQuery: string) => `
    create or replace table ${table} as
    select likes.user_id, likes.message_id, liked.author_id, liked.room_id
    from ${likes} as likes left join (${messageQuery}) as liked on liked.message_id = likes.message_id`
  return {
    name: `liked_messages ${day}`,
    needs: window.map((windowDay) => `activities ${windowDay}`),
    run: async ({ run, rows }) => {
      await run(buildLookUp(`select message_id, user_id as author_id, room_id from ${messages}`))
      const [comparison] = await rows(`
        select (select count(*) from ${table}) > (select count(*) from ${likes})`)
      if (comparison?.[0] === true)
        await run(
          buildLookUp(`
            select message_id, arg_min(user_id, day) as author_id, arg_min(room_id, day) as room_id
            from ${messages} group by message_id`),
        )
      for (const [dataset, query] of Object.entries(buildLikedQueries(table)))
        await run(buildCopy(folders, dataset, day, query))
      await run(`drop table ${table}`)
    },
  }
}

function buildLikedQueries(table: string): Readonly<Record<string, string>> {
  return {
    liked_users: `select user_id, author_id as liked_user_id from ${table} where author_id is not null`,
    liked_rooms: `select user_id, room_id from ${table} where author_id is not null`,
    likes_without_message: `select user_id, message_id from ${table} where author_id is null`,
  }
}

const follows = { of: "follows", to: "follows_to_date", other: "following_user_id" }
const subscriptions = { of: "subscribes", to: "subscriptions_to_date", other: "room_id" }

function createCumulativeStep(
  folders: ScriptFolders,
  {
    pair,
    day,
    previousDay,
  }: { pair: typeof follows; day: string; previousDay: string | undefined },
): Step {
  const columns = `user_id, ${pair.other}`
  const added = buildRead(folders, pair.of, [day])
  const query =
    previousDay === undefined
      ? `select distinct ${columns} from ${added}`
      : `select ${columns} from ${buildRead(folders, pair.to, [previousDay])}
         union all
         select distinct ${columns} from (
           select ${columns} from ${added} as added
           anti join ${buildRead(folders, pair.to, [previousDay])} as known using (${columns})) as fresh`
  return {
    name: `${pair.to} ${day}`,
    needs: [
      `activities ${day}`,
      ...(previousDay === undefined ? [] : [`${pair.to} ${previousDay}`]),
    ],
    run: ({ run }) => run(buildCopy(folders, pair.to, day, query)),
  }
}
