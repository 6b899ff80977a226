/** Measures an idle server, then one with ticks, requests and faults. Usage: soak-bench.js [--minutes 5] [--idle 30] [--leak 0]. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"

import { withBenchServer } from "./bench-server.ts"
import { type Limit, reportLimits } from "./limits.ts"
import { findMedian } from "./measure-process.ts"
import { createOperationProject, type OperationProject, withLedger } from "./operation-project.ts"
import { type ProcessUse, readTreeUse } from "./process-use.ts"
import { landOrders, ordersDeclaration } from "./schedule-clock.ts"
import { postRequest, type Server, withServe } from "./serve-process.ts"

/** The server leaks what `BENCH_LEAK_MB` says each second, and as many files: it shows that the benchmark can fail. */
const declarations = `
  ${ordersDeclaration}
  const leakMb = Number(process.env.BENCH_LEAK_MB)
  const leaks = []
  if (leakMb > 0)
    setInterval(() => {
      leaks.push(Buffer.alloc(leakMb * 1024 ** 2, 1))
      for (let at = 0; at < leakMb; at += 1) leaks.push(openSync("/dev/null"))
    }, 1000)
  const fetched = core.codeAsset({
    ...common,
    columns,
    name: "fetched",
    description: "Rows that code fetches.",
    version: "1",
    upstream: { orders },
    retries: { attempts: 5, backoffSeconds: 1 },
    async *compute(upstream) {
      const fault = Math.random()
      if (fault < 0.2) process.exit(1)
      if (fault < 0.4) throw new Error("no answer")
      for await (const { id } of upstream.orders) yield { id }
    },
  })
  const best = core.sqlAsset({
    ...common,
    columns,
    name: "best",
    description: "Orders of a day.",
    query: core.sql\`from \${fetched}\`,
  })
  const noop = core.sqlAsset({
    columns,
    group: "noop",
    name: "noop",
    description: "One row.",
    partitions: core.unpartitioned,
    query: core.sql\`select 1::bigint as id\`,
  })
  const assets = [orders, fetched, best, noop]
  const automation = {
    shop: core.schedule("* * * * *", { zone: "UTC" }),
    noop: core.schedule("0 6 1 1 *", { zone: "UTC" }),
  }
  const pools = {}`

/** One look at the server and its sessions. */
interface Sample extends ProcessUse {
  readonly connections: number
  readonly databaseKb: number
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "5" },
      idle: { type: "string", default: "30" },
      leak: { type: "string", default: "0" },
    },
  })
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-soak-"))
  try {
    return await withBenchServer(async (server) => {
      const { environment, ...project } = await createOperationProject(folder, server, {
        declarations: `import { openSync } from "node:fs"\n${declarations}`,
      })
      const leaking = { ...project, environment: { ...environment, BENCH_LEAK_MB: values.leak } }
      return withServe(leaking, async (serve) => {
        const idle = await measureIdle(leaking, serve, Number(values.idle))
        const samples = await soak(leaking, serve, Number(values.minutes))
        return reportLimits(`A soak of ${values.minutes} minutes`, [
          ...idle,
          ...compareHalves(samples),
        ])
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Measures a server without work, after a while in which it starts. */
async function measureIdle(
  project: OperationProject,
  server: Server,
  seconds: number,
): Promise<readonly Limit[]> {
  await delay(10_000)
  const first = await takeSample(project, server)
  const connections: number[] = []
  for (let second = 0; second < seconds; second += 1) {
    await delay(1_000)
    connections.push((await takeSample(project, server)).connections)
  }
  const last = await takeSample(project, server)
  const processor = (100 * (last.cpuMs - first.cpuMs)) / (last.atMs - first.atMs)
  return [
    { name: "idle: memory of all processes", value: last.memoryMb, limit: 250, unit: "MB" },
    { name: "idle: processor", value: processor, limit: 1, unit: "% of one" },
    { name: "idle: connections", value: Math.max(...connections), limit: 5, unit: "" },
  ]
}

const sampleSeconds = 5
const landSeconds = 60
const faultSeconds = 20

/** Sends a tick without work each second, lands a file each minute, and cuts a connection every 20 seconds. */
async function soak(
  project: OperationProject,
  server: Server,
  minutes: number,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let second = 0; second < 60 * minutes; second += 1) {
    const next = delay(1_000)
    if (second % landSeconds === 0) landOrders(project)
    if (second % faultSeconds === 0) await cutConnection(project)
    else await postRequest(server, "/api/schedules/group:noop/tick", {})
    if (second % sampleSeconds === 0) samples.push(await takeSample(project, server))
    await next
  }
  return samples
}

function cutConnection(project: OperationProject): Promise<unknown> {
  return withLedger(project, (client) =>
    client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'freshet%' order by random() limit 1`,
    ),
  )
}

function takeSample(project: OperationProject, { child }: Server): Promise<Sample> {
  return withLedger(project, async (client) => {
    const { rows } = await client.query<Pick<Sample, "connections" | "databaseKb">>(
      `select count(*)::integer as connections, pg_database_size(current_database())::float8 / 1024 as "databaseKb"
       from pg_stat_activity
       where datname = current_database() and application_name like 'freshet%'`,
    )
    return { ...readTreeUse(child.pid ?? 0), ...(rows[0] ?? { connections: 0, databaseKb: 0 }) }
  })
}

/** Compares the second quarter, after the warm-up, with the last one. */
function compareHalves(samples: readonly Sample[]): readonly Limit[] {
  const quarter = Math.floor(samples.length / 4)
  const early = samples.slice(quarter, 2 * quarter)
  const late = samples.slice(-quarter)
  type Figure = "memoryMb" | "handles" | "connections" | "databaseKb"
  const median = (part: readonly Sample[], figure: Figure) =>
    findMedian(part.map((sample) => sample[figure]))
  const growth = (figure: Figure) => median(late, figure) - median(early, figure)
  const ticks = (samples.length - quarter - quarter) * sampleSeconds
  for (const { memoryMb, handles, connections, databaseKb } of samples)
    console.error(
      `${memoryMb.toFixed(0)} MB, ${handles} handles, ${connections} connections, database ${(databaseKb / 1024).toFixed(1)} MB`,
    )
  return [
    { name: "soak: growth of memory", value: growth("memoryMb"), limit: 15, unit: "MB" },
    { name: "soak: growth of handles", value: growth("handles"), limit: 5, unit: "" },
    { name: "soak: growth of connections", value: growth("connections"), limit: 2, unit: "" },
    {
      name: "soak: growth of the database",
      value: growth("databaseKb") / ticks,
      limit: 4,
      unit: "kB a tick",
    },
  ]
}

process.exitCode = await main()
