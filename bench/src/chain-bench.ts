/** Times a chain of assets that each select one row. Usage: chain-bench.js [--assets 1000] [--runs 3] [--delay 0]. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"

import { withBenchServer } from "./bench-server.ts"
import { reportLimits } from "./limits.ts"
import { findMedian } from "./measure-process.ts"
import { createOperationProject, type OperationProject, withLedger } from "./operation-project.ts"
import { startFreshet } from "./serve-process.ts"

/** Declares assets, each of which reads the one before; a delay in each makes the benchmark fail. */
function declareChain(count: number): string {
  return `
    const common = { group: "chain", description: "One row.", partitions: core.unpartitioned }
    const columns = { n: core.int64("The number.") }
    const delayed = (upstream) => async function* () {
      await new Promise((resolve) => setTimeout(resolve, Number(process.env.BENCH_DELAY_MS)))
      yield { n: 1n }
    }
    const isDelayed = process.env.BENCH_DELAY_MS !== "0"
    const first = core.sqlAsset({ ...common, name: "a0", columns, query: core.sql\`select 1::bigint as n\` })
    const assets = [first]
    for (let at = 1; at < ${count}; at += 1) {
      const upstream = assets[at - 1]
      const name = "a" + at
      assets.push(
        isDelayed
          ? core.codeAsset({ ...common, name, columns, version: "1", upstream: { upstream }, compute: delayed() })
          : core.sqlAsset({ ...common, name, columns, query: core.sql\`from \${upstream}\` }),
      )
    }
    const automation = {}
    const pools = {}`
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      assets: { type: "string", default: "1000" },
      runs: { type: "string", default: "3" },
      delay: { type: "string", default: "0" },
    },
  })
  const count = Number(values.assets)
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-chain-"))
  try {
    return await withBenchServer(async (server) => {
      const times: number[] = []
      for (let run = 0; run < Number(values.runs); run += 1) {
        const options = { declarations: declareChain(count), delayMs: Number(values.delay) }
        const project = await createOperationProject(join(folder, String(run)), server, options)
        await startFreshet(project, ["materialize", "--yes"]).end
        times.push((await readRunMs(project, count)) / count)
      }
      console.error(`each asset: ${times.map((ms) => ms.toFixed(2)).join(", ")} ms`)
      return reportLimits(`A chain of ${count} assets`, [
        { name: "each asset, median of the runs", value: findMedian(times), limit: 5, unit: "ms" },
      ])
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Reads the time from the first to the last step of the run; requires that PostgreSQL syncs its log and that all steps ran. */
function readRunMs(project: OperationProject, count: number): Promise<number> {
  return withLedger(project, async (client) => {
    const { rows } = await client.query<{ ms: number; steps: number; synced: boolean }>(
      `select extract(epoch from max(ended_at) - min(started_at))::float8 * 1000 as ms, count(*)::integer as steps,
         current_setting('fsync')::boolean and current_setting('synchronous_commit') <> 'off' as synced
       from freshet.steps where outcome = 'materialized'`,
    )
    const [row] = rows
    if (row?.steps !== count || !row.synced) throw new Error(`unexpected: ${JSON.stringify(row)}`)
    return row.ms
  })
}

process.exitCode = await main()
