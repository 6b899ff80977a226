/** Checks the planner against the expanded one, then times it. Usage: plan-bench.js [--processes 5]. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

import {
  buildPlan,
  evaluate,
  type Evaluation,
  findPartitionBounds,
  type PlanRequest,
} from "@freshet/core/engine"

import { hash } from "./plan-hash.ts"
import { type Scenario, createLanding, createSnapshot } from "./plan-ledger.ts"
import { type Sample, findMedian } from "./plan-measure.ts"
import {
  type Shape,
  bigSize,
  declareAssets,
  buildValidGraph,
  getAssetName,
  createShape,
} from "./plan-project.ts"
import { proveRecordedInputs, provePlan } from "./plan-proof.ts"
import { createHardScenarios, createScenarios } from "./plan-scenarios.ts"
import { writeState } from "./plan-state-file.ts"

const smallSize = { sources: 6, assets: 150, days: 40, edges: 350 }

/** State and planning together. */
const limitMb = 150

const hourlyPath = fileURLToPath(new URL("plan-hourly.js", import.meta.url))
const samplePath = fileURLToPath(new URL("plan-sample.js", import.meta.url))

function main(): number {
  const { values } = parseArgs({ options: { processes: { type: "string", default: "5" } } })
  const small = createShape(smallSize)
  const { unchanged, ...otherScenarios } = createScenarios(small)
  proveRecordedInputs(small, evaluateScenario(small, unchanged))
  for (const scenario of [
    unchanged,
    ...Object.values(otherScenarios),
    ...createHardScenarios(small),
  ])
    prove(small, scenario, evaluateScenario(small, scenario))
  const folder = mkdtempSync(join(tmpdir(), "freshet-plan-bench-"))
  try {
    const processes = Number(values.processes)
    const verdicts = [...benchBig(folder, processes), ...benchHours(processes)]
    return verdicts.every(Boolean) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Evaluates the project after the changes, over the state of the last run. */
function evaluateScenario(shape: Shape, scenario: Scenario): Evaluation {
  const graph = buildValidGraph(declareAssets(shape, scenario.edited))
  const landing = createLanding(shape, scenario)
  const bounds = findPartitionBounds(graph, landing, shape.days * 86_400_000)
  const recordedGraph = buildValidGraph(declareAssets(shape))
  const snapshot = createSnapshot(shape, scenario, recordedGraph, { parsed: new Map(), hash })
  return evaluate({ graph, landing, bounds }, snapshot, new Map(), hash)
}

/** Plans everything, and only the newest day, with both planners. */
function prove(shape: Shape, scenario: Scenario, evaluation: Evaluation): void {
  for (const from of [0, shape.days - 1]) {
    const plan = buildPlan(evaluation, createRequest(shape, from))
    provePlan({ shape, scenario }, { evaluation, plan }, (day) => day >= from)
  }
}

function createRequest({ sources, assets, days }: Shape, from: number): PlanRequest {
  const names = Array.from({ length: assets - sources }, (_, index) =>
    getAssetName(sources + index),
  )
  return { targets: new Map(names.map((name) => [name, [{ from, to: days - 1 }]])), publish: true }
}

/** Benchmarks a year of the big project, after each kind of change. */
function benchBig(folder: string, processes: number): readonly boolean[] {
  const shape = createShape(bigSize)
  print(`\n## 10,000 assets of 365 days, load average ${loadavg()[0]?.toFixed(1)}`)
  return Object.entries(createScenarios(shape)).flatMap(([kind, scenario]) => {
    const path = join(folder, kind)
    const evaluation = evaluateScenario(shape, scenario)
    prove(shape, scenario, evaluation)
    writeState(path, evaluation.snapshot)
    return report(scenario.title, runSamples(samplePath, [kind, path], processes), [
      { name: "plan everything", phases: ["evaluate", "everything"], limitMs: 100 },
      { name: "plan the newest", phases: ["evaluate", "newest"], limitMs: 100 },
    ])
  })
}

/** Benchmarks three assets with a million hours each. */
function benchHours(processes: number): readonly boolean[] {
  print(`\n## Three assets of 1,000,008 hours, load average ${loadavg()[0]?.toFixed(1)}`)
  const title = "a new day, and a file of 2024 corrected"
  return report(title, runSamples(hourlyPath, [], processes), [
    { name: "plan", phases: ["evaluate", "plan"], limitMs: 200 },
    { name: "status", phases: ["evaluate", "status"], limitMs: 200 },
    { name: "why", phases: ["evaluate", "why"], limitMs: 200 },
  ])
}

function runSamples(path: string, words: readonly string[], processes: number): readonly Sample[] {
  return Array.from({ length: processes }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...words], {
      encoding: "utf8",
    })
    if (status !== 0) throw new Error(stderr)
    return JSON.parse(stdout) as Sample // what the process writes
  })
}

/** A limit of some phases together, in a warm process. */
interface PhaseLimit {
  readonly name: string
  readonly phases: readonly string[]
  readonly limitMs: number
}

/** Prints medians; returns for each limit if it holds. */
function report(
  title: string,
  samples: readonly Sample[],
  limits: readonly PhaseLimit[],
): readonly boolean[] {
  const [one] = samples
  if (one === undefined) return []
  const steps = Object.entries(one.steps).map(
    ([name, count]) => `${name}: ${formatCount(count)} steps`,
  )
  print(`\n### ${title} (${steps.join(", ")})\n`)
  print("| | first, CPU | first, wall | again, CPU | again, wall | limit | |")
  print("| --- | --- | --- | --- | --- | --- | --- |")
  for (const phase of Object.keys(one.first))
    print(`| ${[phase, ...formatFigures(samples, [phase]), "", ""].join(" | ")} |`)
  const verdicts = limits.map(({ name, phases, limitMs }) => {
    const wall = formatFigures(samples, phases).at(-1)
    const holds = Number(wall) <= limitMs
    print(
      `| **${[`${name}**`, ...formatFigures(samples, phases), limitMs, formatVerdict(holds)].join(" | ")} |`,
    )
    return holds
  })
  const findFigureMedian = (figure: "state" | "peak" | "held") =>
    findMedian(samples.map(({ memoryMb }) => memoryMb[figure] ?? 0))
  const [state, peak, heldMb] = [
    findFigureMedian("state"),
    findFigureMedian("peak"),
    findFigureMedian("held"),
  ]
  const isSmall = state + peak <= limitMb
  print(
    `\nMemory: ${state.toFixed(0)} MB of state, ${peak.toFixed(0)} MB more at the peak, of which ${heldMb.toFixed(0)} MB are kept; limit ${limitMb} MB together: ${formatVerdict(isSmall)}`,
  )
  return [...verdicts, isSmall]
}

/** Formats the milliseconds of some phases together: first and repeated runs, CPU and wall time. */
function formatFigures(samples: readonly Sample[], phases: readonly string[]): readonly string[] {
  const formatSum = (getMilliseconds: (phase: string) => number): string =>
    phases.reduce((all, phase) => all + getMilliseconds(phase), 0).toFixed(0)
  const listFirstTimings = (phase: string) => samples.flatMap((sample) => sample.first[phase] ?? [])
  const listRepeatedTimings = (phase: string) =>
    samples.flatMap((sample) => sample.again[phase] ?? [])
  return [listFirstTimings, listRepeatedTimings].flatMap((listTimings) =>
    (["cpuMs", "wallMs"] as const).map((figure) =>
      formatSum((phase) => findMedian(listTimings(phase).map((timing) => timing[figure]))),
    ),
  )
}

function formatVerdict(holds: boolean): string {
  return holds ? "holds" : "**does not hold**"
}

function formatCount(count: number): string {
  return count.toLocaleString("en")
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = main()
