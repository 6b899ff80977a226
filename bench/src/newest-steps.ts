import { findNewestSnapshot, buildRead, type ScriptFolders, buildCopy } from "./script-files.ts"
import type { Step } from "./script-steps.ts"

const windowDays = 7
const closestCount = 10
const recommendationCount = 10

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

/** Creates the steps of the newest day and the week that ends with it. */
export function createNewestSteps(
  folders: ScriptFolders,
  days: readonly string[],
): readonly Step[] {
  const newest = days.at(-1) ?? ""
  const week = days.slice(-windowDays)
  const createStep: CreateStep = (name, needs, query) => ({
    name,
    needs,
    run: ({ run }) => run(buildCopy(folders, name, newest, query)),
  })
  const readNewest = (dataset: string) => buildRead(folders, dataset, [newest])
  const readWeek = (dataset: string) => buildRead(folders, dataset, week)
  const listDailySteps = (name: string) => week.map((day) => `${name} ${day}`)
  return [
    createStep(
      "user_engagements",
      [...listDailySteps("user_mentions"), ...listDailySteps("liked_messages")],
      buildUserEngagements(readWeek),
    ),
    createStep(
      "room_engagements",
      listDailySteps("liked_messages"),
      buildRoomEngagements(readWeek),
    ),
    ...createCandidateSteps(createStep, readNewest, newest),
    ...createRecommendationSteps(createStep, readNewest),
    createStep("users", [], buildUsers(findNewestSnapshot(folders, "users"))),
    createStep("rooms", [], buildRooms(findNewestSnapshot(folders, "rooms"))),
  ]
}

type CreateStep = (name: string, needs: readonly string[], query: string) => Step

function createCandidateSteps(
  createStep: CreateStep,
  readNewest: ReadDataset,
  newest: string,
): readonly Step[] {
  return [
    createStep("closest_users", ["user_engagements"], buildClosest(readNewest("user_engagements"))),
    createStep("closest_rooms", ["room_engagements"], buildClosest(readNewest("room_engagements"))),
    createStep(
      "user_candidates",
      ["closest_users"],
      buildSecondDegree(readNewest, "closest_users"),
    ),
    createStep(
      "room_candidates",
      ["closest_users", "closest_rooms"],
      buildSecondDegree(readNewest, "closest_rooms"),
    ),
    createStep(
      "valid_user_candidates",
      ["user_candidates", `follows_to_date ${newest}`],
      buildValidUsers(readNewest),
    ),
    createStep(
      "valid_room_candidates",
      ["room_candidates", `subscriptions_to_date ${newest}`],
      buildValidRooms(readNewest),
    ),
  ]
}

function createRecommendationSteps(
  createStep: CreateStep,
  readNewest: ReadDataset,
): readonly Step[] {
  return [
    createStep(
      "user_recs",
      ["valid_user_candidates"],
      buildStrongest(readNewest("valid_user_candidates")),
    ),
    createStep(
      "room_recs",
      ["valid_room_candidates"],
      buildStrongest(readNewest("valid_room_candidates")),
    ),
    createStep(
      "user_rec_reasons",
      ["user_recs"],
      buildReasons(readNewest, "valid_user_candidates", "user_recs"),
    ),
    createStep(
      "room_rec_reasons",
      ["room_recs"],
      buildReasons(readNewest, "valid_room_candidates", "room_recs"),
    ),
  ]
}

type ReadDataset = (name: string) => string

function buildUserEngagements(readWeek: ReadDataset): string {
  return `
    select user_id, engaged_with_id, count(*)::integer as weight
    from (
      select user_id, following_user_id as engaged_with_id from ${readWeek("follows")}
      union all select user_id, mentioned_user_id from ${readWeek("user_mentions")}
      union all select user_id, liked_user_id from ${readWeek("liked_users")})
    where user_id <> engaged_with_id
    group by user_id, engaged_with_id`
}

function buildRoomEngagements(readWeek: ReadDataset): string {
  return `
    select user_id, engaged_with_id, count(*)::integer as weight
    from (
      select user_id, room_id as engaged_with_id from ${readWeek("subscribes")}
      union all select user_id, room_id from ${readWeek("messages")}
      union all select user_id, room_id from ${readWeek("liked_rooms")})
    group by user_id, engaged_with_id`
}

function buildClosest(engagements: string): string {
  return buildTopK(
    `select user_id, engaged_with_id as id, weight from ${engagements}`,
    closestCount,
  ).replace("as id", "as engaged_with_id")
}

function buildStrongest(candidates: string): string {
  const sums = `
    select user_id, rec_id as id, sum(weight)::integer as weight
    from ${candidates} group by user_id, rec_id`
  return buildTopK(sums, recommendationCount).replace("as id", "as rec_id")
}

/** Selects the greatest weights of each user, ties by id: both are packed into one integer. */
function buildTopK(weights: string, count: number): string {
  return `
    select user_id, (4294967295 - (packed & 4294967295))::integer as id,
      (packed >> 32)::integer as weight
    from (
      select user_id,
        unnest(max((weight::bigint << 32) | (4294967295 - id::bigint), ${count})) as packed
      from (${weights}) group by user_id)`
}

function buildSecondDegree(readNewest: ReadDataset, second: string): string {
  return `
    select first.user_id, first.engaged_with_id as reason_id, second.engaged_with_id as rec_id,
      second.weight
    from ${readNewest("closest_users")} as first
    join ${readNewest(second)} as second on second.user_id = first.engaged_with_id`
}

function buildValidUsers(readNewest: ReadDataset): string {
  return `
    select candidates.*
    from ${readNewest("user_candidates")} as candidates
    left join ${readNewest("follows_to_date")} as follows
      on follows.user_id = candidates.user_id and follows.following_user_id = candidates.rec_id
    where follows.user_id is null and candidates.rec_id <> candidates.user_id`
}

function buildValidRooms(readNewest: ReadDataset): string {
  return `
    select candidates.*
    from ${readNewest("room_candidates")} as candidates
    left join ${readNewest("subscriptions_to_date")} as subscriptions
      on subscriptions.user_id = candidates.user_id and subscriptions.room_id = candidates.rec_id
    where subscriptions.user_id is null`
}

function buildReasons(readNewest: ReadDataset, candidates: string, recs: string): string {
  return `
    select candidates.user_id, candidates.rec_id, candidates.reason_id
    from ${readNewest(candidates)} as candidates
    join ${readNewest(recs)} as recs
      on recs.user_id = candidates.user_id and recs.rec_id = candidates.rec_id`
}

function buildUsers(file: string): string {
  return `
    select id, username, nullif(experience, '') as experience, nullif(approach, '') as approach,
      nullif(holding_period, '') as holding_period, ${buildIndicators(assetClasses)}
    from (select *, ${buildNames("assets_traded")} as names from read_csv(${file}, header = true,
      auto_detect = false, delim = ',', quote = '"', escape = '"',
      columns = {id: 'INTEGER', username: 'VARCHAR', experience: 'VARCHAR', approach: 'VARCHAR',
        holding_period: 'VARCHAR', assets_traded: 'VARCHAR'}))`
}

function buildRooms(file: string): string {
  return `
    select id, slug, ${buildIndicators(roomTopics)}
    from (select *, ${buildNames("topics")} as names from read_csv(${file}, header = true,
      auto_detect = false, delim = ',', quote = '"', escape = '"',
      columns = {id: 'INTEGER', slug: 'VARCHAR', topics: 'VARCHAR'}))`
}

function buildNames(column: string): string {
  return `string_split(replace(replace(lower(${column}), ' ', '_'), '-', '_'), ',')`
}

function buildIndicators(names: readonly string[]): string {
  return names
    .map((name) => `coalesce(list_contains(names, '${name}'), false)::smallint as ${name}`)
    .join(", ")
}
