import type { Step } from "./run-steps.ts"
import { newestSnapshot, rowsOf, type ScriptFolders, writing } from "./script-files.ts"

const windowDays = 7
const closest = 10
const recommended = 10

const assetClasses = ["bonds", "equities", "forex", "futures", "options", "private_companies"]

const roomTopics = [
  "biotechnology",
  "cryptocurrencies",
  "day_trading",
  "etfs",
  "education",
  "energy",
  "equities",
  "forex",
  "fundamentals",
  "futures",
  "global_macro",
  "green_energy",
  "long_term_investing",
  "momentum_trading",
  "news",
  "non_market_talk",
  "options",
  "personal_finance",
  "precious_metals",
  "quant",
  "swing_trading",
  "technicals",
  "technology",
]

/** What the script makes of the newest day and the week that ends with it. */
export function newestSteps(folders: ScriptFolders, days: readonly string[]): readonly Step[] {
  const newest = days.at(-1) ?? ""
  const week = days.slice(-windowDays)
  const same = (dataset: string) => rowsOf(folders, dataset, [newest])
  const ofTheWeek = (dataset: string) => rowsOf(folders, dataset, week)
  const step = (name: string, needs: readonly string[], query: string): Step => ({
    name,
    needs,
    run: ({ run }) => run(writing(folders, name, newest, query)),
  })
  const everyDay = (name: string) => week.map((day) => `${name} ${day}`)
  const daily = [...everyDay("user_mentions"), ...everyDay("liked_messages")]
  return [
    step("user_engagements", daily, userEngagements(ofTheWeek)),
    step("room_engagements", everyDay("liked_messages"), roomEngagements(ofTheWeek)),
    step("closest_users", ["user_engagements"], closestOf(same("user_engagements"))),
    step("closest_rooms", ["room_engagements"], closestOf(same("room_engagements"))),
    step("user_candidates", ["closest_users"], secondDegree(same, "closest_users")),
    step(
      "room_candidates",
      ["closest_users", "closest_rooms"],
      secondDegree(same, "closest_rooms"),
    ),
    step(
      "valid_user_candidates",
      ["user_candidates", `follows_to_date ${newest}`],
      validUsers(same),
    ),
    step(
      "valid_room_candidates",
      ["room_candidates", `subscriptions_to_date ${newest}`],
      validRooms(same),
    ),
    step("user_recs", ["valid_user_candidates"], strongest(same("valid_user_candidates"))),
    step("room_recs", ["valid_room_candidates"], strongest(same("valid_room_candidates"))),
    step("user_rec_reasons", ["user_recs"], reasons(same, "valid_user_candidates", "user_recs")),
    step("room_rec_reasons", ["room_recs"], reasons(same, "valid_room_candidates", "room_recs")),
    step("users", [], users(newestSnapshot(folders, "users"))),
    step("rooms", [], rooms(newestSnapshot(folders, "rooms"))),
  ]
}

type Dataset = (name: string) => string

function userEngagements(week: Dataset): string {
  return `
    select user_id, engaged_with_id, count(*)::integer as weight
    from (
      select user_id, following_user_id as engaged_with_id from ${week("follows")}
      union all select user_id, mentioned_user_id from ${week("user_mentions")}
      union all select user_id, liked_user_id from ${week("liked_users")})
    where user_id <> engaged_with_id
    group by user_id, engaged_with_id`
}

function roomEngagements(week: Dataset): string {
  return `
    select user_id, engaged_with_id, count(*)::integer as weight
    from (
      select user_id, room_id as engaged_with_id from ${week("subscribes")}
      union all select user_id, room_id from ${week("messages")}
      union all select user_id, room_id from ${week("liked_rooms")})
    group by user_id, engaged_with_id`
}

function closestOf(engagements: string): string {
  return topOf(
    `select user_id, engaged_with_id as id, weight from ${engagements}`,
    closest,
  ).replace("as id", "as engaged_with_id")
}

function strongest(candidates: string): string {
  const sums = `
    select user_id, rec_id as id, sum(weight)::integer as weight
    from ${candidates} group by user_id, rec_id`
  return topOf(sums, recommended).replace("as id", "as rec_id")
}

/** The greatest weights of each user, the smaller id first among equals: both packed into one integer. */
function topOf(weights: string, count: number): string {
  return `
    select user_id, (4294967295 - (packed & 4294967295))::integer as id,
      (packed >> 32)::integer as weight
    from (
      select user_id,
        unnest(max((weight::bigint << 32) | (4294967295 - id::bigint), ${count})) as packed
      from (${weights}) group by user_id)`
}

function secondDegree(same: Dataset, second: string): string {
  return `
    select first.user_id, first.engaged_with_id as reason_id, second.engaged_with_id as rec_id,
      second.weight
    from ${same("closest_users")} as first
    join ${same(second)} as second on second.user_id = first.engaged_with_id`
}

function validUsers(same: Dataset): string {
  return `
    select candidates.*
    from ${same("user_candidates")} as candidates
    left join ${same("follows_to_date")} as follows
      on follows.user_id = candidates.user_id and follows.following_user_id = candidates.rec_id
    where follows.user_id is null and candidates.rec_id <> candidates.user_id`
}

function validRooms(same: Dataset): string {
  return `
    select candidates.*
    from ${same("room_candidates")} as candidates
    left join ${same("subscriptions_to_date")} as subscriptions
      on subscriptions.user_id = candidates.user_id and subscriptions.room_id = candidates.rec_id
    where subscriptions.user_id is null`
}

function reasons(same: Dataset, candidates: string, recs: string): string {
  return `
    select candidates.user_id, candidates.rec_id, candidates.reason_id
    from ${same(candidates)} as candidates
    join ${same(recs)} as recs
      on recs.user_id = candidates.user_id and recs.rec_id = candidates.rec_id`
}

function users(file: string): string {
  return `
    select id, username, nullif(experience, '') as experience, nullif(approach, '') as approach,
      nullif(holding_period, '') as holding_period, ${indicators(assetClasses)}
    from (select *, ${namesIn("assets_traded")} as names from read_csv(${file}, header = true,
      auto_detect = false, delim = ',', quote = '"', escape = '"',
      columns = {id: 'INTEGER', username: 'VARCHAR', experience: 'VARCHAR', approach: 'VARCHAR',
        holding_period: 'VARCHAR', assets_traded: 'VARCHAR'}))`
}

function rooms(file: string): string {
  return `
    select id, slug, ${indicators(roomTopics)}
    from (select *, ${namesIn("topics")} as names from read_csv(${file}, header = true,
      auto_detect = false, delim = ',', quote = '"', escape = '"',
      columns = {id: 'INTEGER', slug: 'VARCHAR', topics: 'VARCHAR'}))`
}

function namesIn(column: string): string {
  return `string_split(replace(replace(lower(${column}), ' ', '_'), '-', '_'), ',')`
}

function indicators(names: readonly string[]): string {
  return names
    .map((name) => `coalesce(list_contains(names, '${name}'), false)::smallint as ${name}`)
    .join(", ")
}
