import { access } from "node:fs/promises"
import { join } from "node:path"

import { newestTargets, type PlanRequest, ProblemsError } from "@freshet/core"

import type { Config } from "../config.ts"
import type { Project } from "../project/project.ts"
import { recommendationLines, type Recommendation } from "../render/recommendations.ts"
import { statusSentence } from "../render/status-table.ts"
import { assetStates } from "./asset-state.ts"
import { type CommandLine, printLines } from "./command-line.ts"
import { type DemoDataGroup, demoDataLines, demoUntil, landDemoData } from "./demo-data.ts"
import { exitCodes } from "./exit-code.ts"
import { filmAnswerLines } from "./film-answers.ts"
import { performRun } from "./perform-run.ts"

const made = { days: 10, scale: "S", seed: 1, until: demoUntil, clean: false } as const
const runFlags = {
  dryRun: false,
  yes: true,
  failFast: false,
  wait: true,
  json: false,
  jsonl: false,
} as const

/** Shows the whole way once: made-up files in, recommendations with their reasons and answers about films out of PostgreSQL. */
export async function demo(cli: CommandLine): Promise<number> {
  const config = ofDemo(await cli.loadConfig())
  const has = (group: DemoDataGroup) => config.assets.some((asset) => asset.group === group)
  const groups = demoGroups.filter(has)
  for (const group of groups) await ensureLanded(cli, config, group)
  const ended = await performRun({ ...cli, loadConfig: async () => config }, runFlags, {
    title: "demo",
    command: "freshet demo",
    request: newestRequest,
    asked: () => 0,
    announces: false,
  })
  if (ended === undefined || ended.exitCode !== exitCodes.done)
    return ended?.exitCode ?? exitCodes.done
  const sentence = await cli.world.withProject(config, newestSentence)
  await printLines(cli.out, [sentence, ""])
  if (has("stocktwits"))
    await printLines(cli.out, recommendationLines(await recommendations(cli, config)))
  if (has("movies")) await printLines(cli.out, await filmAnswerLines(cli, config))
  await printLines(cli.out, ["", "What next:", ...groups.flatMap((group) => whatNext[group])])
  return exitCodes.done
}

const demoGroups = ["stocktwits", "movies"] as const

/** The demo is about the assets that it makes data up for. */
function ofDemo(config: Config): Config {
  const assets = config.assets.filter(({ group }) => demoGroups.some((each) => each === group))
  if (assets.length > 0) return { ...config, assets }
  throw new ProblemsError("config", [
    {
      kind: "config",
      message:
        "The demo shows the assets of the groups stocktwits and movies, and none is declared.",
      hint: "Add `...stocktwits()` or `...movies()` to the assets of freshet.config.ts.",
    },
  ])
}

/** The file that is landed last. */
const lastLanded: Readonly<Record<DemoDataGroup, string>> = {
  stocktwits: `stocktwits/activity/${made.until}.json`,
  movies: "movies/ratings.csv",
}

/** Data once made up are used again: the same options would give the same bytes. */
async function ensureLanded(cli: CommandLine, config: Config, group: DemoDataGroup): Promise<void> {
  const isThere = await access(join(config.landing, lastLanded[group])).then(
    () => true,
    () => false,
  )
  if (isThere) return
  const landed = await landDemoData(cli, { ...made, group }, config.landing)
  await printLines(cli.out, [...demoDataLines(landed, config.landing), ""])
}

function newestRequest({ evaluation, graph }: Project): PlanRequest {
  return { targets: newestTargets(evaluation, graph.assets.keys()), publish: true }
}

async function newestSentence(project: Project): Promise<string> {
  const { states: all } = await assetStates(project, [...project.graph.assets.values()])
  const states = all.map((state) => ({ ...state, overdue: undefined }))
  const newest = states.find(({ kind }) => kind !== "source")?.newest
  return `${statusSentence(states)} The newest day is ${newest ?? "not there"}.`
}

/** Three strong recommendations, of three users to three others, and through whom they were found. */
const strongest = `
  with best as (
    select distinct on (recs.user_id) recs.user_id, recs.rec_id, recs.weight
    from stocktwits.user_recs as recs
    order by recs.user_id, recs.weight desc, recs.rec_id
  ), varied as (
    select distinct on (rec_id) * from best order by rec_id, weight desc, user_id
  ), chosen as (
    select * from varied order by weight desc, user_id limit 3
  )
  select users.username as reader, recommended.username as recommended, chosen.weight as strength,
    array_agg(reason.username order by reason.id) as through,
    (
      select array_agg(room.slug order by room.weight desc, room.slug)
      from (
        select rooms.slug, room_recs.weight
        from stocktwits.room_recs join stocktwits.rooms on rooms.id = room_recs.rec_id
        where room_recs.user_id = chosen.user_id
        order by room_recs.weight desc, rooms.id limit 2
      ) as room
    ) as rooms
  from chosen
  join stocktwits.users on users.id = chosen.user_id
  join stocktwits.users as recommended on recommended.id = chosen.rec_id
  join stocktwits.user_rec_reasons as reasons
    on reasons.user_id = chosen.user_id and reasons.rec_id = chosen.rec_id
  join stocktwits.users as reason on reason.id = reasons.reason_id
  group by users.username, recommended.username, chosen.user_id, chosen.rec_id, chosen.weight
  order by chosen.weight desc, chosen.user_id`

async function recommendations(
  cli: CommandLine,
  config: Config,
): Promise<readonly Recommendation[]> {
  const { rows } = await cli.world.readPublished(config, { sql: strongest, limit: 3 })
  return rows.map((row) => ({
    reader: text(row["reader"]),
    recommended: text(row["recommended"]),
    strength: Number(row["strength"]),
    through: names(row["through"]),
    rooms: names(row["rooms"]),
  }))
}

function text(value: unknown): string {
  return typeof value === "string" ? value : ""
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** Commands to try on the demo's own data. */
const whatNext: Readonly<Record<DemoDataGroup, readonly string[]>> = {
  stocktwits: [
    "  npx freshet status --demo                                # how every asset stands",
    "  npx freshet show user_recs --demo                        # one asset: columns, checks, query",
    "  npx freshet lineage user_recs --demo                     # where it comes from",
    "  npx freshet data head user_recs --limit 5 --demo         # its rows",
    "  npx freshet backfill user_recs --date 2026-01-08 --demo  # a past day, as of that day",
  ],
  movies: [
    "  npx freshet data head highest_rated_films --demo         # an answer, as a report",
    "  npx freshet data head genre_earnings --demo              # another one",
  ],
}
