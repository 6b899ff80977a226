/**
 * Writes the StockTwits datasets of the newest landed day, and of the days behind it, as fast as one
 * process with DuckDB can. Usage: stocktwits-script.js <landing> <out> <lanes> [times | <database URL>];
 * with a URL the newest day is also published there.
 */
import { mkdirSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"

import { DuckDBInstance } from "@duckdb/node-api"

import { createDailySteps } from "./daily-steps.ts"
import { createNewestSteps } from "./newest-steps.ts"
import { listLandedDays, type ScriptFolders } from "./script-files.ts"
import { runSteps, type StepTime } from "./script-steps.ts"
import { stocktwitsDatasets } from "./stocktwits-datasets.ts"

async function main([landing = "", out = "", lanes = "1", mode = ""]: readonly string[]) {
  const folders: ScriptFolders = { landing, out }
  const days = listLandedDays(folders)
  for (const name of stocktwitsDatasets) mkdirSync(join(out, name), { recursive: true })
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(availableParallelism()),
  })
  const connection = await instance.connect()
  await connection.run("set global TimeZone = 'UTC'")
  connection.closeSync()
  const steps = [...createDailySteps(folders, days), ...createNewestSteps(folders, days)]
  const times = await runSteps(instance, steps, Number(lanes))
  if (mode.startsWith("postgres")) {
    const { publishByHand } = await import("./publish-by-hand.ts")
    await publishByHand(instance, folders, days.at(-1) ?? "", mode)
  }
  instance.closeSync()
  if (mode === "times") print(times)
}

/** Prints one line per kind of step, with the days added up. */
function print(times: readonly StepTime[]): void {
  const sums = new Map<string, { wallMs: number; cpuMs: number }>()
  for (const { name, wallMs, cpuMs } of times) {
    const kind = name.split(" ")[0] ?? name
    const sum = sums.get(kind) ?? { wallMs: 0, cpuMs: 0 }
    sums.set(kind, { wallMs: sum.wallMs + wallMs, cpuMs: sum.cpuMs + cpuMs })
  }
  for (const [kind, { wallMs, cpuMs }] of sums)
    console.log(
      `${kind.padEnd(24)} ${wallMs.toFixed(0).padStart(6)} ms ${cpuMs.toFixed(0).padStart(6)} ms CPU`,
    )
}

await main(process.argv.slice(2))
