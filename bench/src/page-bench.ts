/** Times the web page in Chromium: the lineage of 1,000 assets, 100,000 partitions, and events. Usage: page-bench.js [--runs 5]. */
import { type ChildProcess, spawn } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { type Browser, chromium } from "playwright-core"

import { withBenchServer } from "./bench-server.ts"
import { type FreshetSettings, toEnvironmentVariables } from "./freshet-process.ts"
import { findMedian } from "./measure-process.ts"
import { measureEvents, measureGraph, measurePartitions } from "./page-measures.ts"
import { hourlyDays, pageSize } from "./page-project.ts"
import { copyWorkspace } from "./workspace-copy.ts"

interface Limit {
  readonly name: string
  readonly limitMs: number
  readonly ms: number
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } })
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-page-"))
  try {
    return await withBenchServer(async ({ createDatabase }) => {
      const [home, landing] = [join(folder, "home"), join(folder, "landing")]
      const settings = { home, landing, databaseUrl: await createDatabase() }
      const program = prepare(folder, landing)
      const project = join(folder, "workspace")
      const measure = (address: string) => measureAll(address, Number(values.runs))
      return report(await withPage(program, { ...settings, project }, measure))
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Creates a workspace with the generated declarations and landed files. Returns its command. */
function prepare(folder: string, landing: string): string {
  const workspace = join(folder, "workspace")
  copyWorkspace(workspace)
  const client = "apps/ui/.build/client"
  cpSync(fileURLToPath(new URL(`../../${client}`, import.meta.url)), join(workspace, client), {
    recursive: true,
  })
  const assets = join(workspace, "packages/assets/src")
  rmSync(assets, { recursive: true })
  mkdirSync(assets)
  for (const name of ["plan-project.ts", "page-project.ts"])
    cpSync(fileURLToPath(new URL(`../src/${name}`, import.meta.url)), join(assets, name))
  writeFileSync(
    join(assets, "index.ts"),
    `import { declarePageAssets } from "./page-project.ts"
     export const definitions = () => declarePageAssets()
     export const automation = {}
     export const pageQueries = []`,
  )
  landFiles(landing)
  return join(workspace, "apps/materializer/bin/freshet.js")
}

/** Runs `work` with `freshet ui` over the generated project. */
async function withPage<T>(
  program: string,
  settings: FreshetSettings,
  work: (address: string) => Promise<T>,
): Promise<T> {
  const server = spawn(process.execPath, [program, "ui", "--port", "0"], {
    env: { ...process.env, ...toEnvironmentVariables(settings) },
    stdio: ["ignore", "pipe", "inherit"],
  })
  try {
    return await work(await readAddress(server))
  } finally {
    server.kill("SIGINT")
    if (server.exitCode === null) await new Promise((resolve) => server.once("exit", resolve))
  }
}

function readAddress(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("exit", (code) => reject(new Error(`\`freshet ui\` ended with ${code}`)))
    server.stdout?.on("data", (chunk: Buffer) => {
      const [, address] = /(http:\S+)\//.exec(chunk.toString()) ?? []
      if (address !== undefined) resolve(address)
    })
  })
}

function landFiles(landing: string): void {
  mkdirSync(join(landing, "orders"), { recursive: true })
  for (let day = 1; day <= 28; day += 1) {
    const key = `2026-01-${String(day).padStart(2, "0")}`
    writeFileSync(join(landing, "orders", `${key}.json`), JSON.stringify({ id: day }))
  }
  mkdirSync(join(landing, "meter"))
  for (const day of hourlyDays)
    writeFileSync(join(landing, "meter", `${day}.json`), JSON.stringify({ id: 1 }))
}

async function measureAll(address: string, runs: number): Promise<readonly Limit[]> {
  console.error("The engine parses the queries …")
  const startedMs = performance.now()
  await fetch(`${address}/api/status`)
  console.error(`The first status took ${Math.round(performance.now() - startedMs)} ms.`)
  const repeat = async (measure: (browser: Browser) => Promise<number>) => {
    const times: number[] = []
    for (let run = 0; run < runs; run += 1) times.push(await withBrowser(measure))
    return findMedian(times)
  }
  const open = Array.from(
    { length: pageSize.assets / pageSize.groupAssets },
    (_, at) => `group_${at}`,
  )
  const graph = (part: "drawMs" | "coldMs", search = "") =>
    repeat(async (browser) => (await measureGraph(browser, `${address}/lineage${search}`))[part])
  const limits: Limit[] = []
  const add = async (name: string, limitMs: number, ms: Promise<number>) => {
    limits.push({ name, limitMs, ms: await ms })
    console.error(`${name}: ${Math.round(await ms)} ms`)
  }
  await add("1,000 assets: data to first frame", 300, graph("drawMs"))
  await add("1,000 assets: cold to interactive", 2000, graph("coldMs"))
  await add("1,000 assets, groups open: cold", 5000, graph("coldMs", `?open=${open.join(",")}`))
  const readings = `${address}/assets/readings?tab=partitions`
  await add(
    "100,000 partitions: first frame",
    500,
    repeat((browser) => measurePartitions(browser, readings)),
  )
  const events = await withBrowser((browser) => measureEvents(browser, address, backfill))
  await add("event of a step to pixels, p95", 300, Promise.resolve(findP95(events.stepMs)))
  await add(
    "change of 1,000 assets to pixels, p95",
    2000,
    Promise.resolve(findP95(events.changeMs)),
  )
  return limits
}

/** The days of one asset, which take one step each. */
const backfill = {
  kind: "backfill",
  asset: "asset_0",
  partitions: { from: "2026-01-01", to: "2026-01-28" },
  downstream: false,
}

function findP95(values: readonly number[]): number {
  const sorted = values.toSorted((first, second) => first - second)
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN
}

async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  })
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

function report(limits: readonly Limit[]): number {
  console.log(
    `load average ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}`,
  )
  for (const { name, ms, limitMs } of limits)
    console.log(
      `${ms <= limitMs ? "ok  " : "SLOW"} ${name}: ${Math.round(ms)} ms (limit ${limitMs} ms)`,
    )
  return limits.every(({ ms, limitMs }) => ms <= limitMs) ? 0 : 1
}

process.exitCode = await main()
