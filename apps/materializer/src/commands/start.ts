import {
  demoDataGroups,
  landDemoData,
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
import { type PageFlags, servePage } from "../terminal/serve-page.ts"

/** Serves the web page over data: an empty landing zone gets demo data, and a project without runs is materialized. */
export async function start(cli: CommandLine, flags: PageFlags): Promise<number> {
  const services = await loadServices(cli)
  const { landing } = await readStatus(services, { selection: [], states: [] })
  if (landing.is_empty) await landFirstFiles(cli, services)
  const { runs } = await listRuns(services, { limit: 1 })
  await servePage(cli, flags, runs.length === 0 ? firstRequest : undefined)
  return exitCodes.done
}

const firstRequest: RunRequest = {
  command: "freshet materialize",
  target: { kind: "materialize", selection: [], partitions: {}, publish: true },
}

const dayMs = 24 * 60 * 60 * 1000
const demoOptions = { days: 10, scale: "S", seed: 1, clean: false } as const

/** Generates the demo data of the declared groups, up to yesterday. */
async function landFirstFiles(cli: CommandLine, { config, nowMs }: Services): Promise<void> {
  const until = new Date(nowMs() - dayMs).toISOString().slice(0, 10)
  if (config.demo === undefined) return
  const groups = demoDataGroups.filter((name) => config.assets.some(({ group }) => group === name))
  for (const group of groups) {
    const document = await withDemoDataProgress(cli, (services) =>
      landDemoData(services, { ...demoOptions, until, group }),
    )
    await printLines(cli.out, [...formatDemoData(document), ""])
  }
}
