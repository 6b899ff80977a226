import { access } from "node:fs/promises"
import { join } from "node:path"

import { ProblemsError } from "@freshet/core/engine"
import {
  type Config,
  type DemoGenerators,
  landDemoData,
  listDemoGroups,
  loadGenerators,
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
  const projectConfig = await cli.loadConfig()
  const generators = await loadGenerators(projectConfig)
  const demoGroups = await listDemoGroups(projectConfig)
  const config = selectDemoAssets(projectConfig, demoGroups)
  const demoCli = { ...cli, loadConfig: async () => config }
  const groups = demoGroups.filter((group) => hasGroup(config, group))
  for (const group of groups)
    await ensureLanded(demoCli, {
      group,
      lastFile: join(config.landing, getLastFile(generators, group)),
    })
  const exitCode = await runAndPrint(demoCli, demoRunFlags, {
    command: "freshet demo",
    target: { kind: "materialize", selection: [], partitions: {}, publish: true },
  })
  if (exitCode !== exitCodes.done) return exitCode
  await printResults(cli, await loadServices(demoCli), { groups, generators })
  return exitCodes.done
}

function hasGroup({ assets }: Config, name: string): boolean {
  return assets.some(({ group }) => group === name)
}

/** Selects the assets for which files can be generated. */
function selectDemoAssets(config: Config, groups: readonly string[]): Config {
  const assets = config.assets.filter(({ group }) => groups.includes(group))
  if (assets.length > 0) return { ...config, assets, automation: {} }
  throw new ProblemsError("config", [
    {
      kind: "config",
      message: "The demo needs assets of the group stocktwits or movies, and none is declared.",
      hint: "Add `...stocktwits()` or `...movies()` to the assets of freshet.config.ts.",
    },
  ])
}

/** The file of a group that is generated last. */
function getLastFile({ groups = {} }: DemoGenerators, group: string): string {
  if (group === "stocktwits") return `stocktwits/activity/${demoOptions.until}.json`
  return groups[group]?.getLastFile(demoOptions.until) ?? "movies/ratings.csv"
}

interface GroupFiles {
  readonly group: string
  readonly lastFile: string
}

/** Generates the files of a group unless they exist: equal options would give equal bytes. */
async function ensureLanded(cli: CommandLine, { group, lastFile }: GroupFiles): Promise<void> {
  const isLanded = await access(lastFile).then(
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
  {
    groups,
    generators,
  }: { readonly groups: readonly string[]; readonly generators: DemoGenerators },
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
    ...groups.flatMap((group) => nextSteps[group] ?? generators.groups?.[group]?.nextSteps ?? []),
  ])
}

/** Commands to try on the demo's data. */
const nextSteps: Readonly<Record<string, readonly string[]>> = {
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
