/** Times three workers on one backfill of sleeping code, and the recovery from a killed server. Usage: workers-bench.js [--days 60] [--sleep 1000] [--delay 0]. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"

import { type BenchServer, withBenchServer } from "./bench-server.ts"
import { toDayKey } from "./demo-landing.ts"
import { type Limit, reportLimits } from "./limits.ts"
import {
  createOperationProject,
  type OperationProject,
  recordStart,
  waitForStart,
  withLedger,
} from "./operation-project.ts"
import { postRequest, startFreshet, withServe } from "./serve-process.ts"

interface Options {
  readonly days: number
  readonly sleepMs: number
  readonly delayMs: number
}

function declareSleeper({ days, sleepMs }: Pick<Options, "days" | "sleepMs">): string {
  return `
    const slept = core.codeAsset({
      group: "shop",
      name: "slept",
      description: "A row of a day.",
      partitions: core.daily({ start: "${toDayKey(days)}" }),
      columns: { id: core.int64("The number.") },
      version: "1",
      upstream: {},
      async *compute() {
        ${recordStart("slept")}
        await new Promise((resolve) => setTimeout(resolve, ${sleepMs}))
        yield { id: 1n }
      },
    })
    const assets = [slept]
    const automation = {}
    const pools = {}`
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      days: { type: "string", default: "60" },
      sleep: { type: "string", default: "1000" },
      delay: { type: "string", default: "0" },
    },
  })
  const options = {
    days: Number(values.days),
    sleepMs: Number(values.sleep),
    delayMs: Number(values.delay),
  }
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-workers-"))
  try {
    return await withBenchServer(async (server) => {
      const alone = await measureBackfill({ server, folder: join(folder, "alone") }, options, 0)
      const together = await measureBackfill({ server, folder: join(folder, "three") }, options, 2)
      const speedUp: Limit = {
        name: `speed-up of three workers on ${options.days} days`,
        value: alone / together,
        limit: 2.7,
        unit: "",
        isLeast: true,
      }
      const recovery = await measureRecovery({ server, folder: join(folder, "killed") }, options)
      console.error(`alone ${alone.toFixed(1)} s, three ${together.toFixed(1)} s`)
      const recoveryName = "from kill -9 of a server to the next attempt"
      return reportLimits("Workers", [
        speedUp,
        { name: recoveryName, value: recovery, limit: 30, unit: "s" },
      ])
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Place {
  readonly server: BenchServer
  readonly folder: string
}

/** Measures a backfill in seconds; each process executes one step at a time, and the other workers are up before. A delay sleeps in the processes that are measured together. */
async function measureBackfill(
  { server, folder }: Place,
  { days, sleepMs, delayMs }: Options,
  workerCount: number,
): Promise<number> {
  const declarations = declareSleeper({ days, sleepMs })
  const project = await createOperationProject(folder, server, {
    declarations,
    delayMs: workerCount === 0 ? 0 : delayMs,
  })
  const oneAtATime = { environment: { ...project.environment, FRESHET_CONCURRENCY: "1" } }
  await startFreshet(project, ["status"]).end
  const workers = Array.from({ length: workerCount }, () =>
    startFreshet({ ...project, ...oneAtATime }, ["worker"]),
  )
  await delay(workerCount === 0 ? 0 : 5_000)
  const range = ["--from", toDayKey(days - 1), "--to", toDayKey(0), "--yes"]
  await startFreshet({ ...project, ...oneAtATime }, ["backfill", "slept", ...range]).end
  for (const { child } of workers) child.kill("SIGTERM")
  for (const { end } of workers) await end
  return readRunSeconds(project, days)
}

/** Reads the time of the run; requires that each day was materialized once. */
function readRunSeconds(project: OperationProject, days: number): Promise<number> {
  return withLedger(project, async (client) => {
    const { rows } = await client.query<{ seconds: number; steps: number }>(
      `select extract(epoch from ended_at - started_at)::float8 as seconds,
         (select count(*)::integer from freshet.materializations) as steps from freshet.runs`,
    )
    const [row] = rows
    if (row?.steps !== days) throw new Error(`unexpected: ${JSON.stringify(row)}`)
    return row.seconds
  })
}

/** Kills a server during a step of a tick beside another server; returns the seconds until the step starts again. */
async function measureRecovery({ server, folder }: Place, { delayMs }: Options): Promise<number> {
  const declarations = declareSleeper({ days: 1, sleepMs: 20_000 }).replace(
    "const automation = {}",
    `const automation = { shop: core.schedule("0 6 1 1 *", { zone: "UTC" }) }`,
  )
  const project = await createOperationProject(folder, server, { declarations })
  return withServe(project, async (killed) => {
    await postRequest(killed, "/api/schedules/group:shop/tick", {})
    await waitForStart(project, "slept", 0)
    const other = { ...project.environment, BENCH_DELAY_MS: String(delayMs) }
    return withServe({ ...project, environment: other }, async () => {
      const killedMs = Date.now()
      killed.child.kill("SIGKILL")
      return ((await waitForStart(project, "slept", 1)) - killedMs) / 1000
    })
  })
}

process.exitCode = await main()
