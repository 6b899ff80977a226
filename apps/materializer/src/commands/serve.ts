import {
  createScheduler,
  landDeclaredStreams,
  listStreamedSources,
  type Services,
} from "@freshet/services"
import { startHttpServer } from "@freshet/ui"
import { Hono } from "hono"

import { createHealthApp } from "../serve/health-app.ts"
import { createMetrics } from "../serve/metrics.ts"
import { type LogFormat, startLog } from "../serve/start-log.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { createPage } from "../terminal/serve-page.ts"

export interface ServeFlags {
  readonly once: boolean
  readonly host: string
  readonly port: number
  readonly log: LogFormat
}

/** Executes ticks as they become due, and serves health, metrics and the web page. */
export async function serve(cli: CommandLine, flags: ServeFlags): Promise<number> {
  const { services, bus } = await startLog(cli, flags.log)
  const scheduler = createScheduler(services)
  if (flags.once) {
    const outcomes = await scheduler.runOnce()
    if (services.signal.aborted) return cli.interruption.getExitCode()
    return outcomes.includes("failed") ? exitCodes.failedAssets : exitCodes.done
  }
  const metrics = createMetrics(scheduler.getStatus)
  bus.subscribe(metrics.countEvent)
  const app = new Hono()
  const sources = { getStatus: scheduler.getStatus, formatMetrics: metrics.format }
  app.route("/", createHealthApp({ ...sources, nowMs: cli.nowMs }))
  const page = await createPage(cli, flags.host)
  if (page === undefined)
    await printLines(cli.err, ["Set FRESHET_UI_TOKEN to serve the web page too."])
  else app.route("/", page.app)
  const landing = await startLanding(cli, services)
  const work = async () => void (await Promise.all([scheduler.run(), page?.run(), landing?.()]))
  return serveUntilStopped(cli, services, { ...flags, app, work })
}

/** Returns the work that lands declared streams; undefined if there are none, or no broker is configured. */
async function startLanding(
  cli: CommandLine,
  services: Services,
): Promise<(() => Promise<void>) | undefined> {
  const topics = listStreamedSources(services.config).map(({ stream }) => stream.topic)
  if (topics.length === 0) return undefined
  if (services.config.kafkaBrokers !== undefined) return () => landDeclaredStreams(services)
  await printLines(cli.err, [`Set FRESHET_KAFKA_BROKERS to land ${topics.join(", ")} too.`])
  return undefined
}

async function serveUntilStopped(
  cli: CommandLine,
  { signal }: Services,
  {
    host,
    port,
    app,
    work,
  }: Pick<ServeFlags, "host" | "port"> & {
    readonly app: Hono
    readonly work: () => Promise<void>
  },
): Promise<number> {
  const server = await startHttpServer(app.fetch, { host, port })
  await printLines(cli.err, [`Serving on ${server.url}.`])
  try {
    await work()
  } finally {
    await server.close()
  }
  return signal.aborted ? exitCodes.done : exitCodes.fault
}
