/** Compares a backfill of thirty days with thirty times one day, and a new day of a week with the whole week. */
import { copyFileSync, cpSync, linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { dirname, join } from "node:path"

import { type BenchServer, withBenchServer } from "./bench-server.ts"
import { getActivityPath, toDayKey, createDemoLanding } from "./demo-landing.ts"
import {
  spawnFreshet,
  toEnvironmentVariables,
  freshetPath,
  type FreshetSettings,
} from "./freshet-process.ts"
import { measure, type Measurement, findMedian } from "./measure-process.ts"

const backfillDays = 30
const warmUpDays = 7
const limits = { backfill: 1.1, nextDay: 0.18 } as const

interface Bench {
  readonly server: BenchServer
  readonly folder: string
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-runs-"))
  try {
    return await withBenchServer(async (server) => {
      const bench = { server, folder }
      const verdicts = [await benchBackfill(bench), await benchNextDay(bench)]
      return verdicts.every(Boolean) ? 0 : 1
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Takes the median of days that are backfilled one by one; the cost of a command without work is subtracted on both sides. */
async function benchBackfill(bench: Bench): Promise<boolean> {
  const landing = createDemoLanding("S", warmUpDays + backfillDays)
  const first = toDayKey(backfillDays)
  const whole = await createSettings(bench, "whole", landing)
  const single = await createSettings(bench, "single", landing)
  for (const settings of [whole, single])
    measureCommand(bench, settings, ["backfill", "user_recs", "--date", first])
  const days = Array.from({ length: 7 }, (_, at) => toDayKey(backfillDays - 1 - at))
  const ones = days.map((day) =>
    measureCommand(bench, single, ["backfill", "user_recs", "--date", day]),
  )
  const range = ["--from", toDayKey(backfillDays - 1), "--to", toDayKey(0)]
  const all = measureCommand(bench, whole, ["backfill", "user_recs", ...range, "--yes"])
  const idle = measureCommand(bench, whole, ["backfill", "user_recs", ...range, "--yes"])
  print(`\n## ${backfillDays} days in one backfill, S (load average ${loadavg()[0]?.toFixed(1)})\n`)
  print(
    "| | 30 days | 1 day | nothing | ratio | limit | |\n| --- | --- | --- | --- | --- | --- | --- |",
  )
  return reportRatios(
    { all: [all], ones, idle: [idle] },
    { times: backfillDays, limit: limits.backfill },
  )
}

/** Measures the computation that reads the logs for one day of seven, by its time in the ledger. */
async function benchNextDay(bench: Bench): Promise<boolean> {
  const full = createDemoLanding("M", 7)
  const landing = join(bench.folder, "growing")
  for (const snapshots of ["users", "rooms"])
    cpSync(join(full, "stocktwits", snapshots), join(landing, "stocktwits", snapshots), {
      recursive: true,
    })
  for (let back = 6; back > 0; back -= 1) landDay(full, landing, toDayKey(back))
  const growingSettings = await createSettings(bench, "grown", landing)
  measureParsing(growingSettings)
  const weeks: number[] = []
  for (const at of [1, 2, 3])
    weeks.push(measureParsing(await createSettings(bench, `week${at}`, full)))
  landDay(full, landing, toDayKey(0))
  const [newest, week] = [measureParsing(growingSettings), findMedian(weeks)]
  const ratio = newest / week
  const holds = ratio <= limits.nextDay
  print(`\n## Reading the newest day of a week of M (load average ${loadavg()[0]?.toFixed(1)})\n`)
  print("| newest day | week | ratio | limit | |\n| --- | --- | --- | --- | --- |")
  const cells = [newest, week].map((ms) => `${ms.toFixed(0)} ms`).join(" | ")
  const verdict = holds ? "holds" : "**does not hold**"
  print(`| ${cells} | ${ratio.toFixed(2)} | ${limits.nextDay} | ${verdict} |`)
  return holds
}

/** Reads the logs that are not read yet; returns the milliseconds of its steps. */
function measureParsing(settings: FreshetSettings): number {
  const words = [
    "materialize",
    "messages",
    "--from",
    toDayKey(6),
    "--no-publish",
    "--yes",
    "--json",
  ]
  const { run: id } = JSON.parse(spawnFreshet(words, settings).stdout) as { readonly run: string }
  const runJson = spawnFreshet(["runs", "show", id, "--steps", "--json"], settings).stdout
  const { step_rows: steps } = JSON.parse(runJson) as {
    readonly step_rows: readonly { readonly ms: number }[]
  } // what `runs show --json` prints
  return steps.reduce((sum, { ms }) => sum + ms, 0)
}

function landDay(from: string, to: string, day: string): void {
  const target = getActivityPath(to, day)
  mkdirSync(dirname(target), { recursive: true })
  try {
    linkSync(getActivityPath(from, day), target)
  } catch {
    copyFileSync(getActivityPath(from, day), target)
  }
}

interface Runs {
  readonly all: readonly Measurement[]
  readonly ones: readonly Measurement[]
  readonly idle: readonly Measurement[]
}

function reportRatios(
  runs: Runs,
  { times, limit }: { readonly times: number; readonly limit: number },
): boolean {
  const figures = [
    ["wall", "wallMs"],
    ["CPU", "cpuMs"],
  ] as const
  const verdicts = figures.map(([name, figure]) => {
    const findSideMedian = (side: keyof Runs) =>
      findMedian(runs[side].map((measurement) => measurement[figure]))
    const [all, one, idle] = [findSideMedian("all"), findSideMedian("ones"), findSideMedian("idle")]
    const ratio = (all - idle) / (times * (one - idle))
    const holds = ratio <= limit
    const cells = [all, one, idle].map((ms) => `${ms.toFixed(0)} ms`)
    const verdict = holds ? "holds" : "**does not hold**"
    print(`| ${[name, ...cells, ratio.toFixed(2), limit, verdict].join(" | ")} |`)
    return holds
  })
  return verdicts.every(Boolean)
}

async function createSettings({ server, folder }: Bench, name: string, landing: string) {
  return { home: join(folder, name), landing, databaseUrl: await server.createDatabase() }
}

function measureCommand(
  { folder }: Bench,
  settings: FreshetSettings,
  words: readonly string[],
): Measurement {
  const environment = toEnvironmentVariables(settings)
  return measure([freshetPath, ...words], { figures: join(folder, "figures"), environment })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
