/** Times the run of a schedule alone and beside a backfill of 365 days. Usage: priorities-bench.js [--ticks 2] [--delay 0]. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"

import { withBenchServer } from "./bench-server.ts"
import { toDayKey } from "./demo-landing.ts"
import { reportLimits } from "./limits.ts"
import { findMedian } from "./measure-process.ts"
import {
  createOperationProject,
  type OperationProject,
  recordStart,
  waitForStart,
  withLedger,
} from "./operation-project.ts"
import { minuteMs, ordersDeclaration, prepareTick } from "./schedule-clock.ts"
import { startFreshet, waitForOutput, withServe } from "./serve-process.ts"

const backfillDays = 365

/** A query that takes some tenths of a second of one processor. */
const work = "select (sum(hash(i) % 1000))::bigint as id from range(50000000) as numbers (i)"

/** Declares the daily assets, and an asset for the backfill beside each tick. */
const declare = (ticks: number) => `
  ${ordersDeclaration}
  const fetched = core.codeAsset({
    ...common,
    columns,
    name: "fetched",
    description: "Rows that code fetches.",
    version: "1",
    upstream: { orders },
    async *compute(upstream) {
      ${recordStart("fetched")}
      for await (const { id } of upstream.orders) yield { id }
    },
  })
  const assets = [orders, fetched]
  for (let at = 1; at <= 3; at += 1)
    assets.push(core.sqlAsset({
      ...common,
      columns,
      name: "daily" + at,
      description: "Rows of the day.",
      query: core.sql\`select work.id + upstream.id as id from (${work}) as work, \${assets.at(-1)} as upstream\`,
    }))
  for (let at = 0; at < ${ticks}; at += 1)
    assets.push(core.sqlAsset({
      columns,
      group: "history",
      name: "history" + at,
      description: "Rows of a day.",
      query: core.sql\`${work}\`,
      partitions: core.daily({ start: "${toDayKey(backfillDays + 10)}" }),
    }))
  const automation = { shop: core.schedule("* * * * *", { zone: "UTC" }) }
  const pools = {}`

/** The times of a tick's run, from its instant. */
interface TickTimes {
  readonly startMs: number
  readonly endMs: number
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ticks: { type: "string", default: "2" },
      delay: { type: "string", default: "0" },
    },
  })
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-priorities-"))
  try {
    return await withBenchServer(async (server) => {
      const ticks = Number(values.ticks)
      const options = { declarations: declare(ticks), delayMs: Number(values.delay) }
      const project = await createOperationProject(folder, server, options)
      return withServe(project, async () => {
        await measureTick(project) // the first run loads the engine
        const alone = await repeat(ticks, () => measureTick(project))
        const beside = await repeat(ticks, (tick) => measureBesideBackfill(project, tick))
        return report({ alone, beside })
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function repeat(
  count: number,
  measure: (tick: number) => Promise<TickTimes>,
): Promise<readonly TickTimes[]> {
  const times: TickTimes[] = []
  for (let tick = 0; tick < count; tick += 1) times.push(await measure(tick))
  return times
}

/** The time before a tick at which its backfill starts. */
const backfillMs = 20_000

/** Measures a tick while a backfill is under way, which is interrupted then. */
async function measureBesideBackfill(project: OperationProject, tick: number): Promise<TickTimes> {
  const tickMs = Math.ceil((Date.now() + backfillMs) / minuteMs) * minuteMs
  await delay(tickMs - backfillMs - Date.now())
  const range = ["--from", toDayKey(backfillDays), "--to", toDayKey(1)]
  const backfill = startFreshet(project, ["backfill", `history${tick}`, ...range, "--yes"])
  await waitForOutput(backfill, /: materialized/)
  const times = await measureTick(project)
  if (backfill.child.exitCode !== null) throw new Error("the backfill ended before the run")
  backfill.child.kill("SIGINT")
  await backfill.end.catch(() => {})
  return times
}

async function measureTick(project: OperationProject): Promise<TickTimes> {
  const starts = project.readStarts("fetched").length
  const tickMs = await prepareTick(project)
  const startMs = await waitForStart(project, "fetched", starts)
  return { startMs: startMs - tickMs, endMs: (await waitForRun(project, tickMs)) - tickMs }
}

/** Waits for the end of the run of a tick, by the clock of PostgreSQL on the same machine. */
async function waitForRun(project: OperationProject, tickMs: number): Promise<number> {
  for (;;) {
    const endMs = await withLedger(project, async (client) => {
      const { rows } = await client.query<{ ended: number }>(
        `select extract(epoch from runs.ended_at)::float8 * 1000 as ended
         from freshet.ticks join freshet.runs on runs.id = ticks.run
         where ticks.tick_at = to_timestamp($1::float8 / 1000) and runs.outcome = 'succeeded'`,
        [tickMs],
      )
      return rows[0]?.ended
    })
    if (endMs !== undefined) return endMs
    await delay(100)
  }
}

function report(times: {
  readonly alone: readonly TickTimes[]
  readonly beside: readonly TickTimes[]
}): number {
  for (const [name, ticks] of Object.entries(times))
    for (const { startMs, endMs } of ticks)
      console.error(
        `${name}: code after ${startMs.toFixed(0)} ms, end after ${endMs.toFixed(0)} ms`,
      )
  const findEnd = (ticks: readonly TickTimes[]) => findMedian(ticks.map(({ endMs }) => endMs))
  const besideStart = findMedian(times.beside.map(({ startMs }) => startMs))
  const ratio = findEnd(times.beside) / findEnd(times.alone)
  return reportLimits(`The run of a schedule beside a backfill of ${backfillDays} days`, [
    { name: "from the tick to the first code", value: besideStart, limit: 1000, unit: "ms" },
    { name: "from the tick to its end, by that alone", value: ratio, limit: 1.2, unit: "" },
  ])
}

process.exitCode = await main()
