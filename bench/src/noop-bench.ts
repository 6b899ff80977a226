/** Times whole commands that find nothing to do, at 10,000 assets of 365 days. Usage: noop-bench.js [--pairs 5]. */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { partitionKey } from "@freshet/core"

import { freshetEnvironment, type FreshetPlace } from "./freshet-process.ts"
import { withServer } from "./hold-server.ts"
import { measure, type Measured, median } from "./measured-process.ts"
import { landAll, leafOf, recordAll, storeNewest, storeReadable } from "./noop-history.ts"
import { bigSize, declare, everyDay, graphOf, nameOf, shapeOf } from "./plan-project.ts"
import { copyWorkspace } from "./workspace-copy.ts"

const limitMs = 400
const newestDay = partitionKey(everyDay, bigSize.days - 1)
const said = "Nothing is stale: everything asked for is up to date.\n"

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { pairs: { type: "string", default: "5" } } })
  const folder = mkdtempSync(join(tmpdir(), "freshet-bench-noop-"))
  try {
    return await withServer(async ({ freshDatabase }) => {
      const [home, landing] = [join(folder, "home"), join(folder, "landing")]
      const place = { home, landing, databaseUrl: await freshDatabase() }
      const prepared = await prepare(folder, place)
      return report(samplesOf(prepared, Number(values.pairs))) ? 0 : 1
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Prepared {
  readonly program: string
  readonly place: FreshetPlace
  /** An asset that nothing reads. */
  readonly leaf: string
}

/** A workspace with the declarations, and everything as it is once all of it is made. */
async function prepare(folder: string, place: FreshetPlace): Promise<Prepared> {
  const shape = shapeOf(bigSize)
  const workspace = join(folder, "workspace")
  copyWorkspace(workspace)
  const assets = join(workspace, "packages/assets/src")
  rmSync(assets, { recursive: true })
  mkdirSync(assets)
  cpSync(source("plan-project.ts"), join(assets, "plan-project.ts"))
  writeFileSync(join(assets, "index.ts"), definitions)
  landAll(shape, place.landing)
  const program = join(workspace, "apps/materializer/bin/freshet.js")
  say("The engine parses the queries …")
  run(program, ["plan", "--json"], place)
  const count = await recordAll(shape, graphOf(declare(shape)), place.databaseUrl)
  const [lake, leaf] = [join(place.home, "lake"), leafOf(shape)]
  storeNewest(shape, lake)
  await storeReadable(shape, leaf, lake)
  say(`${count.toLocaleString("en")} materializations are in the ledger.`)
  run(program, ["materialize"], place)
  return { program, place, leaf: nameOf(leaf) }
}

const definitions = `
  import { bigSize, declare, shapeOf } from "./plan-project.ts"
  export const definitions = () => declare(shapeOf(bigSize))`

function source(name: string): string {
  return fileURLToPath(new URL(`../src/${name}`, import.meta.url))
}

function run(program: string, words: readonly string[], place: FreshetPlace): void {
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], {
    env: { ...process.env, ...freshetEnvironment(place) },
    maxBuffer: 2 ** 30,
  })
  if (status !== 0) throw new Error(`${words.join(" ")} failed: ${String(stderr)}`)
}

interface Samples {
  /** Of a command that looks at everything. */
  readonly looking: readonly Measured[]
  /** Of the same one after it. */
  readonly again: readonly Measured[]
  /** Of the first one after a run. */
  readonly afterRun: readonly Measured[]
}

function samplesOf({ program, place, leaf }: Prepared, pairs: number): Samples {
  const figures = join(place.home, "figures")
  const environment = freshetEnvironment(place)
  const materialize = () => {
    const measured = measure([program, "materialize"], { figures, environment })
    if (measured.stdout !== said) throw new Error(`there is something to do: ${measured.stdout}`)
    return measured
  }
  const [looking, again, afterRun]: [Measured[], Measured[], Measured[]] = [[], [], []]
  for (let pair = 0; pair < pairs; pair += 1) {
    rmSync(join(place.home, "nothing-stale"), { recursive: true, force: true })
    looking.push(materialize())
    again.push(materialize())
  }
  // Last, since forgetting keeps the server busy for a while.
  for (let pair = 0; pair < pairs; pair += 1) {
    run(program, ["forget", leaf, "--date", newestDay, "--yes"], place)
    run(program, ["materialize"], place)
    afterRun.push(materialize())
  }
  return { looking, again, afterRun }
}

function report({ looking, again, afterRun }: Samples): boolean {
  say(`\n## Nothing stale of 10,000 assets of 365 days, load average ${loadavg()[0]?.toFixed(1)}\n`)
  say("| `freshet materialize` | wall | least | CPU | peak memory | limit | |")
  say("| --- | --- | --- | --- | --- | --- | --- |")
  const figures = (runs: readonly Measured[]) => {
    const wall = runs.map(({ wallMs }) => wallMs)
    const cpu = median(runs.map(({ cpuMs }) => cpuMs))
    const peak = median(runs.map(({ peakMb }) => peakMb))
    const ms = [median(wall), Math.min(...wall), cpu].map((each) => `${each.toFixed(0)} ms`)
    return [...ms, `${peak.toFixed(0)} MB`].join(" | ")
  }
  say(`| looks at everything | ${figures(looking)} | | |`)
  const limited = { "again, nothing changed": again, "the first one after a run": afterRun }
  const held = Object.entries(limited).map(([name, runs]) => {
    const holds = median(runs.map(({ wallMs }) => wallMs)) <= limitMs
    const verdict = holds ? "holds" : "**does not hold**"
    say(`| **${name}** | ${figures(runs)} | ${limitMs} ms | ${verdict} |`)
    return holds
  })
  return held.every(Boolean)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
