/** What thirty days of a backfill cost against thirty times one day, and a new day of a week against the whole week. */
import { copyFileSync, cpSync, linkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { dirname, join } from "node:path"

import { activityFile, dayKey, demoLanding } from "./demo-landing.ts"
import { freshet, freshetEnvironment, freshetPath, type FreshetPlace } from "./freshet-process.ts"
import { type HeldServer, withServer } from "./hold-server.ts"
import { measure, type Measured, median } from "./measured-process.ts"

const backfilled = 30
const warmUp = 7
const limits = { backfill: 1.1, nextDay: 0.18 } as const

interface Bench {
  readonly server: HeldServer
  readonly folder: string
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-runs-"))
  try {
    return await withServer(async (server) => {
      const bench = { server, folder }
      const verdicts = [await benchBackfill(bench), await benchNextDay(bench)]
      return verdicts.every(Boolean) ? 0 : 1
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One day is the median of days done one by one; what a command costs that has nothing to do is taken off both sides. */
async function benchBackfill(bench: Bench): Promise<boolean> {
  const landing = demoLanding("S", warmUp + backfilled)
  const first = dayKey(backfilled)
  const whole = await place(bench, "whole", landing)
  const single = await place(bench, "single", landing)
  for (const each of [whole, single]) run(bench, each, ["backfill", "user_recs", "--date", first])
  const days = Array.from({ length: 7 }, (_, at) => dayKey(backfilled - 1 - at))
  const ones = days.map((day) => run(bench, single, ["backfill", "user_recs", "--date", day]))
  const range = ["--from", dayKey(backfilled - 1), "--to", dayKey(0)]
  const all = run(bench, whole, ["backfill", "user_recs", ...range, "--yes"])
  const idle = run(bench, whole, ["backfill", "user_recs", ...range, "--yes"])
  say(`\n## ${backfilled} days in one backfill, S (load average ${loadavg()[0]?.toFixed(1)})\n`)
  say(
    "| | 30 days | 1 day | nothing | ratio | limit | |\n| --- | --- | --- | --- | --- | --- | --- |",
  )
  return ratios({ all: [all], ones, idle: [idle] }, { times: backfilled, limit: limits.backfill })
}

/** What reads the logs runs again for one day of seven; its own time counts, as the ledger has it. */
async function benchNextDay(bench: Bench): Promise<boolean> {
  const full = demoLanding("M", 7)
  const landing = join(bench.folder, "growing")
  for (const snapshots of ["users", "rooms"])
    cpSync(join(full, "stocktwits", snapshots), join(landing, "stocktwits", snapshots), {
      recursive: true,
    })
  for (let back = 6; back > 0; back -= 1) land(full, landing, dayKey(back))
  const grown = await place(bench, "grown", landing)
  parse(grown)
  const weeks: number[] = []
  for (const at of [1, 2, 3]) weeks.push(parse(await place(bench, `week${at}`, full)))
  land(full, landing, dayKey(0))
  const [newest, week] = [parse(grown), median(weeks)]
  const ratio = newest / week
  const holds = ratio <= limits.nextDay
  say(`\n## Reading the newest day of a week of M (load average ${loadavg()[0]?.toFixed(1)})\n`)
  say("| newest day | week | ratio | limit | |\n| --- | --- | --- | --- | --- |")
  const shown = [newest, week].map((ms) => `${ms.toFixed(0)} ms`).join(" | ")
  const verdict = holds ? "holds" : "**does not hold**"
  say(`| ${shown} | ${ratio.toFixed(2)} | ${limits.nextDay} | ${verdict} |`)
  return holds
}

/** Reads the logs that are not read yet; how long its steps took together, in milliseconds. */
function parse(where: FreshetPlace): number {
  const words = ["materialize", "messages", "--from", dayKey(6), "--no-publish", "--yes", "--json"]
  const { run: id } = JSON.parse(freshet(words, where).stdout) as { readonly run: string }
  const shown = freshet(["runs", "show", id, "--steps", "--json"], where).stdout
  const { step_rows: steps } = JSON.parse(shown) as {
    readonly step_rows: readonly { readonly ms: number }[]
  } // what `runs show --json` prints
  return steps.reduce((sum, { ms }) => sum + ms, 0)
}

function land(from: string, to: string, day: string): void {
  const target = activityFile(to, day)
  mkdirSync(dirname(target), { recursive: true })
  try {
    linkSync(activityFile(from, day), target)
  } catch {
    copyFileSync(activityFile(from, day), target)
  }
}

interface Runs {
  readonly all: readonly Measured[]
  readonly ones: readonly Measured[]
  readonly idle: readonly Measured[]
}

function ratios(
  runs: Runs,
  { times, limit }: { readonly times: number; readonly limit: number },
): boolean {
  const figures = [
    ["wall", "wallMs"],
    ["CPU", "cpuMs"],
  ] as const
  const held = figures.map(([name, figure]) => {
    const of = (side: keyof Runs) => median(runs[side].map((each) => each[figure]))
    const [all, one, idle] = [of("all"), of("ones"), of("idle")]
    const ratio = (all - idle) / (times * (one - idle))
    const holds = ratio <= limit
    const shown = [all, one, idle].map((ms) => `${ms.toFixed(0)} ms`)
    const verdict = holds ? "holds" : "**does not hold**"
    say(`| ${[name, ...shown, ratio.toFixed(2), limit, verdict].join(" | ")} |`)
    return holds
  })
  return held.every(Boolean)
}

async function place({ server, folder }: Bench, name: string, landing: string) {
  return { home: join(folder, name), landing, databaseUrl: await server.freshDatabase() }
}

function run({ folder }: Bench, where: FreshetPlace, words: readonly string[]): Measured {
  const environment = freshetEnvironment(where)
  return measure([freshetPath, ...words], { figures: join(folder, "figures"), environment })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
