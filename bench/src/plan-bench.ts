/** Proves the planner right against the expanded one, then times it. Usage: plan-bench.js [--processes 5]. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import { type Evaluation, type PlanRequest, evaluate, extentsOf, makePlan } from "@freshet/core"

import { hash } from "./plan-hash.ts"
import { type News, landingOf, snapshotOf } from "./plan-history.ts"
import { type Sample, middleOf } from "./plan-measure.ts"
import { hardNewsOf, newsOf } from "./plan-news.ts"
import { type Shape, bigSize, declare, graphOf, nameOf, shapeOf } from "./plan-project.ts"
import { proveRecorded, proveRight } from "./plan-proof.ts"
import { writeState } from "./plan-state-file.ts"

const smallSize = { sources: 6, assets: 150, days: 40, edges: 350 }

/** State and planning together. */
const limitMb = 150

const hourlyPath = fileURLToPath(new URL("plan-hourly.js", import.meta.url))
const samplePath = fileURLToPath(new URL("plan-sample.js", import.meta.url))

function main(): number {
  const { values } = parseArgs({ options: { processes: { type: "string", default: "5" } } })
  const small = shapeOf(smallSize)
  const { nothing, ...others } = newsOf(small)
  proveRecorded(small, judged(small, nothing))
  for (const news of [nothing, ...Object.values(others), ...hardNewsOf(small)])
    prove(small, news, judged(small, news))
  const folder = mkdtempSync(join(tmpdir(), "freshet-plan-bench-"))
  try {
    const processes = Number(values.processes)
    const held = [...benchBig(folder, processes), ...benchHours(processes)]
    return held.every(Boolean) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Judges what the news made of the last run's state, which was written by the declarations of then. */
function judged(shape: Shape, news: News): Evaluation {
  const graph = graphOf(declare(shape, news.edited))
  const landing = landingOf(shape, news)
  const extents = extentsOf(graph, landing, shape.days * 86_400_000)
  const before = graphOf(declare(shape))
  const snapshot = snapshotOf(shape, news, before, { parsed: new Map(), hash })
  return evaluate({ graph, landing, extents }, snapshot, new Map(), hash)
}

/** Everything, and only the newest day, planned by both. */
function prove(shape: Shape, news: News, evaluation: Evaluation): void {
  for (const from of [0, shape.days - 1]) {
    const plan = makePlan(evaluation, requestFrom(shape, from), hash)
    proveRight({ shape, news }, { evaluation, plan }, (day) => day >= from)
  }
}

function requestFrom({ sources, assets, days }: Shape, from: number): PlanRequest {
  const names = Array.from({ length: assets - sources }, (_, each) => nameOf(sources + each))
  return { targets: new Map(names.map((name) => [name, [{ from, to: days - 1 }]])), publish: true }
}

/** A year of the big project, after each kind of news. */
function benchBig(folder: string, processes: number): readonly boolean[] {
  const shape = shapeOf(bigSize)
  say(`\n## 10,000 assets of 365 days, load average ${loadavg()[0]?.toFixed(1)}`)
  return Object.entries(newsOf(shape)).flatMap(([kind, news]) => {
    const path = join(folder, kind)
    const evaluation = judged(shape, news)
    prove(shape, news, evaluation)
    writeState(path, evaluation.snapshot)
    return report(news.title, samplesOf(samplePath, [kind, path], processes), [
      { name: "plan everything", phases: ["evaluate", "everything"], limitMs: 100 },
      { name: "plan the newest", phases: ["evaluate", "newest"], limitMs: 100 },
    ])
  })
}

/** A million hours and more of each of three assets. */
function benchHours(processes: number): readonly boolean[] {
  say(`\n## Three assets of 1,000,008 hours, load average ${loadavg()[0]?.toFixed(1)}`)
  const title = "a new day, and a file of 2024 corrected"
  return report(title, samplesOf(hourlyPath, [], processes), [
    { name: "plan", phases: ["evaluate", "plan"], limitMs: 200 },
    { name: "status", phases: ["evaluate", "status"], limitMs: 200 },
    { name: "why", phases: ["evaluate", "why"], limitMs: 200 },
  ])
}

function samplesOf(path: string, words: readonly string[], processes: number): readonly Sample[] {
  return Array.from({ length: processes }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...words], {
      encoding: "utf8",
    })
    if (status !== 0) throw new Error(stderr)
    return JSON.parse(stdout) as Sample // what the process writes
  })
}

/** What is limited: some phases together, once the process is warm. */
interface Limited {
  readonly name: string
  readonly phases: readonly string[]
  readonly limitMs: number
}

/** Prints medians; gives for each limit whether it holds. */
function report(
  title: string,
  samples: readonly Sample[],
  limits: readonly Limited[],
): readonly boolean[] {
  const [one] = samples
  if (one === undefined) return []
  const steps = Object.entries(one.steps).map(([name, count]) => `${name}: ${inWords(count)} steps`)
  say(`\n### ${title} (${steps.join(", ")})\n`)
  say("| | first, CPU | first, wall | again, CPU | again, wall | limit | |")
  say("| --- | --- | --- | --- | --- | --- | --- |")
  for (const phase of Object.keys(one.first))
    say(`| ${[phase, ...figures(samples, [phase]), "", ""].join(" | ")} |`)
  const held = limits.map(({ name, phases, limitMs }) => {
    const wall = figures(samples, phases).at(-1)
    const holds = Number(wall) <= limitMs
    say(`| **${[`${name}**`, ...figures(samples, phases), limitMs, verdict(holds)].join(" | ")} |`)
    return holds
  })
  const middle = (figure: "state" | "peak" | "held") =>
    middleOf(samples.map(({ memoryMb }) => memoryMb[figure] ?? 0))
  const [state, peak, kept] = [middle("state"), middle("peak"), middle("held")]
  const isSmall = state + peak <= limitMb
  say(
    `\nMemory: ${state.toFixed(0)} MB of state, ${peak.toFixed(0)} MB more at the peak, of which ${kept.toFixed(0)} MB are kept; limit ${limitMb} MB together: ${verdict(isSmall)}`,
  )
  return [...held, isSmall]
}

/** Milliseconds of some phases together: the first time and again, each of CPU and of the clock. */
function figures(samples: readonly Sample[], phases: readonly string[]): readonly string[] {
  const sum = (took: (phase: string) => number): string =>
    phases.reduce((all, phase) => all + took(phase), 0).toFixed(0)
  const first = (phase: string) => samples.flatMap((each) => each.first[phase] ?? [])
  const again = (phase: string) => samples.flatMap((each) => each.again[phase] ?? [])
  return [first, again].flatMap((tookIn) =>
    (["cpuMs", "wallMs"] as const).map((figure) =>
      sum((phase) => middleOf(tookIn(phase).map((took) => took[figure]))),
    ),
  )
}

function verdict(holds: boolean): string {
  return holds ? "holds" : "**does not hold**"
}

function inWords(count: number): string {
  return count.toLocaleString("en")
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = main()
