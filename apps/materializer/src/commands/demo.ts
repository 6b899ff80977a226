import { access } from "node:fs/promises"
import { join } from "node:path"

import { listNewestTargets, type PlanRequest, ProblemsError } from "@freshet/core/engine"
import {
  type Config,
  type Project,
  readAssetStates,
  readPublished,
  type Services,
} from "@freshet/services"

import { readFilmHighlights } from "../render/film-highlights.ts"
import { formatRecommendations, type Recommendation } from "../render/recommendations.ts"
import { formatStatusSummary } from "../render/status.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { runAndPrint } from "../terminal/run-and-print.ts"
import { type DemoDataGroup, formatDemoData, demoEndDay, landDemoData } from "./demo-data.ts"

const demoOptions = { days: 10, scale: "S", seed: 1, until: demoEndDay, clean: false } as const
const demoRunFlags = {
  dryRun: false,
  yes: true,
  failFast: false,
  wait: true,
  json: false,
  jsonl: false,
} as const

/** Shows the whole way once: made-up files in, recommendations with their reasons and answers about films out of PostgreSQL. */
export async function demo(cli: CommandLine): Promise<number> {
  const config = selectDemoAssets(await cli.loadConfig())
  const hasGroup = (group: DemoDataGroup) => config.assets.some((asset) => asset.group === group)
  const groups = demoGroups.filter(hasGroup)
  for (const group of groups) await ensureLanded(cli, config, group)
  const demoCli = { ...cli, loadConfig: async () => config }
  const runEnd = await runAndPrint(demoCli, demoRunFlags, {
    title: "demo",
    command: "freshet demo",
    toPlanRequest: createNewestRequest,
    countRequested: () => 0,
    announcesRun: false,
  })
  if (runEnd === undefined || runEnd.exitCode !== exitCodes.done)
    return runEnd?.exitCode ?? exitCodes.done
  const services = await loadServices(demoCli)
  const sentence = await services.withProject({}, summarizeNewest)
  await printLines(cli.out, [sentence, ""])
  if (hasGroup("stocktwits"))
    await printLines(cli.out, formatRecommendations(await readRecommendations(services)))
  if (hasGroup("movies")) await printLines(cli.out, await readFilmHighlights(services))
  await printLines(cli.out, ["", "What next:", ...groups.flatMap((group) => nextSteps[group])])
  return exitCodes.done
}

const demoGroups = ["stocktwits", "movies"] as const

/** The demo is about the assets that it makes data up for. */
function selectDemoAssets(config: Config): Config {
  const assets = config.assets.filter(({ group }) =>
    demoGroups.some((demoGroup) => demoGroup === group),
  )
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
const lastLandedFiles: Readonly<Record<DemoDataGroup, string>> = {
  stocktwits: `stocktwits/activity/${demoOptions.until}.json`,
  movies: "movies/ratings.csv",
}

/** Data once made up are used again: the same options would give the same bytes. */
async function ensureLanded(cli: CommandLine, config: Config, group: DemoDataGroup): Promise<void> {
  const exists = await access(join(config.landing, lastLandedFiles[group])).then(
    () => true,
    () => false,
  )
  if (exists) return
  const landed = await landDemoData(cli, { ...demoOptions, group }, config.landing)
  await printLines(cli.out, [...formatDemoData(landed, config.landing), ""])
}

function createNewestRequest({ evaluation, graph }: Project): PlanRequest {
  return { targets: listNewestTargets(evaluation, graph.assets.keys()), publish: true }
}

async function summarizeNewest(project: Project): Promise<string> {
  const { states } = await readAssetStates(project, [...project.graph.assets.values()])
  const timelyStates = states.map((state) => ({ ...state, overdue: undefined }))
  const newest = timelyStates.find(({ kind }) => kind !== "source")?.newest
  return `${formatStatusSummary(timelyStates)} The newest day is ${newest ?? "not there"}.`
}

/** Three strong recommendations, of three users to three others, and through whom they were found. */
const strongestQuery = `
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

async function readRecommendations(services: Services): Promise<readonly Recommendation[]> {
  const { rows } = await readPublished(services, { sql: strongestQuery, limit: 3 })
  return rows.map((row) => ({
    reader: toText(row["reader"]),
    recommended: toText(row["recommended"]),
    strength: Number(row["strength"]),
    through: toNames(row["through"]),
    rooms: toNames(row["rooms"]),
  }))
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : ""
}

function toNames(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** Commands to try on the demo's own data. */
const nextSteps: Readonly<Record<DemoDataGroup, readonly string[]>> = {
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
