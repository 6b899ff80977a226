import {
  createLiveDemo,
  createScheduler,
  landDemoData,
  listDemoGroups,
  type LiveDemo,
  liveDemoDays,
  listRuns,
  readStatus,
  type RunRequest,
  type Services,
} from "@freshet/services"

import { formatDemoData } from "../render/demo-data.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { withDemoDataProgress } from "../terminal/demo-data-progress.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { type PageWork, servePage } from "../terminal/serve-page.ts"
import type { StartFlags } from "../terminal/start-flags.ts"

/** Serves the web page over data and executes its schedules. An empty landing zone gets demo data, and a project without runs is materialized. */
export async function start(
  cli: CommandLine,
  { live, liveSeconds, ...flags }: StartFlags,
): Promise<number> {
  const services = await loadServices(cli)
  const demo = live ? createLiveDemo(services.config.landing) : undefined
  const { landing } = await readStatus(services, { selection: [], states: [] })
  if (landing.is_empty) await landFirstFiles(cli, services, live ? liveDemoDays : 1)
  const { runs } = await listRuns(services, { limit: 1 })
  const firstRequest = runs.length === 0 ? everything : undefined
  const work =
    demo === undefined
      ? prepareScheduledWork(services, firstRequest, flags)
      : { ...(await prepareLiveWork(demo, services, liveSeconds)), firstRequest }
  await servePage(cli, flags, work)
  return exitCodes.done
}

/** Executes the first request, then the ticks of the schedules. A page that only reads has no ticks. */
function prepareScheduledWork(
  services: Services,
  firstRequest: RunRequest | undefined,
  { readOnly }: Pick<StartFlags, "readOnly">,
): PageWork {
  if (readOnly) return { firstRequest }
  return {
    backgroundWork: async (execute) => {
      if (firstRequest !== undefined) await execute(firstRequest)
      await createScheduler(services).run()
    },
  }
}

/** Lands files beside the page. A late line stays for its visitors; everything else is materialized as a schedule would. */
async function prepareLiveWork(
  demo: LiveDemo,
  services: Services,
  liveSeconds: number,
): Promise<PageWork> {
  await demo.start()
  return {
    nowMs: demo.nowMs,
    backgroundWork: (execute) =>
      demo.run({
        services,
        intervalMs: liveSeconds * 1000,
        onLanded: async (kind) => {
          if (kind !== "late") await execute(everything)
        },
      }),
  }
}

const everything: RunRequest = {
  command: "freshet materialize",
  target: { kind: "materialize", selection: [], partitions: {}, publish: true },
}

const dayMs = 24 * 60 * 60 * 1000
const demoOptions = { days: 10, scale: "S", seed: 1, clean: false } as const

/** Generates the demo data of the declared groups, up to a day of this age. */
async function landFirstFiles(
  cli: CommandLine,
  { config, nowMs }: Services,
  ageDays: number,
): Promise<void> {
  const until = new Date(nowMs() - ageDays * dayMs).toISOString().slice(0, 10)
  if (config.demo === undefined) return
  const demoGroups = await listDemoGroups(config)
  const groups = demoGroups.filter((name) => config.assets.some(({ group }) => group === name))
  for (const group of groups) {
    const document = await withDemoDataProgress(cli, (services) =>
      landDemoData(services, { ...demoOptions, until, group }),
    )
    await printLines(cli.out, [...formatDemoData(document), ""])
  }
}
