import { access } from "node:fs/promises"
import { join } from "node:path"

import { ProblemsError } from "@freshet/core/engine"
import {
  type Config,
  type DemoDataGroup,
  demoDataGroups,
  landDemoData,
  readDemoResults,
  readStatus,
  type Services,
} from "@freshet/services"

import { formatDemoData } from "../render/demo-data.ts"
import { formatFilmHighlights } from "../render/film-highlights.ts"
import { formatRecommendations } from "../render/recommendations.ts"
import { formatStatusSummary } from "../render/status.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { withDemoDataProgress } from "../terminal/demo-data-progress.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { runAndPrint } from "../terminal/run-and-print.ts"

const demoOptions = { days: 10, scale: "S", seed: 1, until: "2026-01-10", clean: false } as const
const demoRunFlags = {
  dryRun: false,
  yes: true,
  failFast: false,
  wait: true,
  json: false,
  jsonl: false,
} as const

/** Runs a complete example: generates files, materializes and publishes them, and prints published rows. */
export async function demo(cli: CommandLine): Promise<number> {
  const config = selectDemoAssets(await cli.loadConfig())
  const demoCli = { ...cli, loadConfig: async () => config }
  const groups = demoDataGroups.filter((group) => hasGroup(config, group))
  for (const group of groups) await ensureLanded(demoCli, config, group)
  const exitCode = await runAndPrint(demoCli, demoRunFlags, {
    command: "freshet demo",
    target: { kind: "materialize", selection: [], partitions: {}, publish: true },
  })
  if (exitCode !== exitCodes.done) return exitCode
  await printResults(cli, await loadServices(demoCli), groups)
  return exitCodes.done
}

function hasGroup({ assets }: Config, name: DemoDataGroup): boolean {
  return assets.some(({ group }) => group === name)
}

/** Selects the assets for which files can be generated. */
function selectDemoAssets(config: Config): Config {
  const assets = config.assets.filter(({ group }) => demoDataGroups.some((name) => name === group))
  if (assets.length > 0) return { ...config, assets, automation: {} }
  throw new ProblemsError("config", [
    {
      kind: "config",
      message: "The demo needs assets of the group stocktwits or movies, and none is declared.",
      hint: "Add `...stocktwits()` or `...movies()` to the assets of freshet.config.ts.",
    },
  ])
}

/** The file that is generated last. */
const lastFiles: Readonly<Record<DemoDataGroup, string>> = {
  stocktwits: `stocktwits/activity/${demoOptions.until}.json`,
  movies: "movies/ratings.csv",
}

/** Generates the files of a group unless they exist: equal options would give equal bytes. */
async function ensureLanded(cli: CommandLine, config: Config, group: DemoDataGroup): Promise<void> {
  const isLanded = await access(join(config.landing, lastFiles[group])).then(
    () => true,
    () => false,
  )
  if (isLanded) return
  const document = await withDemoDataProgress(cli, (services) =>
    landDemoData(services, { ...demoOptions, group }),
  )
  await printLines(cli.out, [...formatDemoData(document), ""])
}

async function printResults(
  { out }: CommandLine,
  services: Services,
  groups: readonly DemoDataGroup[],
): Promise<void> {
  const { summary, assets } = await readStatus(services, { selection: [], states: [] })
  const newestDay = assets.find(({ kind }) => kind !== "source")?.newest_partition ?? "missing"
  const sentence = formatStatusSummary({ ...summary, overdue: 0 })
  const { recommendations, films } = await readDemoResults(services, groups)
  await printLines(out, [
    `${sentence} The newest day is ${newestDay}.`,
    "",
    ...(groups.includes("stocktwits") ? formatRecommendations(recommendations) : []),
    ...formatFilmHighlights(films),
    "",
    "What next:",
    ...groups.flatMap((group) => nextSteps[group]),
  ])
}

/** Commands to try on the demo's data. */
const nextSteps: Readonly<Record<DemoDataGroup, readonly string[]>> = {
  stocktwits: [
    "  ./freshet status --demo                                # the state of every asset",
    "  ./freshet show user_recs --demo                        # one asset: columns, checks, query",
    "  ./freshet lineage user_recs --demo                     # its upstream and downstream",
    "  ./freshet data head user_recs --limit 5 --demo         # its rows",
    "  ./freshet backfill user_recs --date 2026-01-08 --demo  # a past day, as of that day",
  ],
  movies: [
    "  ./freshet data head highest_rated_films --demo         # a report",
    "  ./freshet data head genre_earnings --demo              # another report",
  ],
}
