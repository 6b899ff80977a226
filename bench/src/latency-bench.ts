/** Times `freshet serve` from a due tick, and from a request, to the code of an asset. Usage: latency-bench.js [--ticks 3] [--requests 10] [--delay 0]. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"

import { withBenchServer } from "./bench-server.ts"
import { reportLimits } from "./limits.ts"
import { findMedian } from "./measure-process.ts"
import {
  createOperationProject,
  type OperationProject,
  recordStart,
  waitForStart,
} from "./operation-project.ts"
import { landOrders, marginMs, minuteMs, ordersDeclaration, prepareTick } from "./schedule-clock.ts"
import { postRequest, type Server, withServe } from "./serve-process.ts"

const declarations = `
  ${ordersDeclaration}
  const fetched = core.codeAsset({
    ...common,
    name: "fetched",
    description: "Rows that code fetches.",
    version: "1",
    columns,
    upstream: { orders },
    async *compute() {
      ${recordStart("fetched")}
      yield { id: 1n }
    },
  })
  const assets = [orders, fetched]
  const automation = { shop: core.schedule("* * * * *", { zone: "UTC" }) }
  const pools = {}`

const limitMs = 100
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ticks: { type: "string", default: "3" },
      requests: { type: "string", default: "10" },
      delay: { type: "string", default: "0" },
    },
  })
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-latency-"))
  try {
    return await withBenchServer(async (server) => {
      const options = { declarations, delayMs: Number(values.delay) }
      const project = await createOperationProject(folder, server, options)
      return withServe(project, async (serve) => {
        const ticks = await repeat(Number(values.ticks), () => measureTick(project))
        const requests = await repeat(Number(values.requests), () => measureRequest(project, serve))
        return report({ ticks, requests })
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function repeat(times: number, measure: () => Promise<number>): Promise<readonly number[]> {
  const figures: number[] = []
  for (let time = 0; time < times; time += 1) figures.push(await measure())
  return figures
}

async function measureTick(project: OperationProject): Promise<number> {
  const count = project.readStarts("fetched").length
  const tickMs = await prepareTick(project)
  return (await waitForStart(project, "fetched", count)) - tickMs
}

async function measureRequest(project: OperationProject, server: Server): Promise<number> {
  const pauseMs = 1_000
  const inMinuteMs = Date.now() % minuteMs
  const isBeforeTick = minuteMs - inMinuteMs < 2 * marginMs
  await delay(isBeforeTick ? minuteMs - inMinuteMs + marginMs : pauseMs)
  const count = project.readStarts("fetched").length
  landOrders(project)
  const startedMs = Date.now()
  const target = { kind: "materialize", selection: ["fetched"], partitions: {}, publish: true }
  await postRequest(server, "/api/requests", { target })
  return (await waitForStart(project, "fetched", count)) - startedMs
}

function report(figures: {
  readonly ticks: readonly number[]
  readonly requests: readonly number[]
}): number {
  for (const [name, times] of Object.entries(figures))
    console.error(`${name}: ${times.map((ms) => ms.toFixed(0)).join(", ")} ms`)
  return reportLimits("From a due tick or a request to the code of an asset", [
    { name: "due tick, median", value: findMedian(figures.ticks), limit: limitMs, unit: "ms" },
    { name: "request, median", value: findMedian(figures.requests), limit: limitMs, unit: "ms" },
  ])
}

process.exitCode = await main()
