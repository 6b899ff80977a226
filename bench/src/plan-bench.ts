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
import { type Sample, medianOf } from "./plan-measure.ts"
import { hardNewsOf, newsOf } from "./plan-news.ts"
import { type Shape, bigSize, declare, graphOf, nameOf, shapeOf } from "./plan-project.ts"
import { proveRecorded, proveRight } from "./plan-proof.ts"
import { writeState } from "./plan-state-file.ts"

const smallSize = { sources: 6, assets: 150, days: 40, edges: 350 }

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
    return benchBig(folder, Number(values.processes))
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

function benchBig(folder: string, processes: number): number {
  const shape = shapeOf(bigSize)
  say(`10,000 assets of 365 days, load average ${loadavg()[0]?.toFixed(1)}`)
  for (const [kind, news] of Object.entries(newsOf(shape))) {
    const path = join(folder, kind)
    const evaluation = judged(shape, news)
    prove(shape, news, evaluation)
    writeState(path, evaluation.snapshot)
    const samples = Array.from({ length: processes }, () => sample(kind, path))
    report(news.title, samples)
  }
  return 0
}

function sample(kind: string, path: string): Sample {
  const { status, stdout, stderr } = spawnSync(process.execPath, [samplePath, kind, path], {
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Sample // what the process of plan-sample.ts writes
}

function report(title: string, samples: readonly Sample[]): void {
  const [one] = samples
  if (one === undefined) return
  say(`\n${title}: ${JSON.stringify(one.steps)} ${JSON.stringify(one.memoryMb)}`)
  for (const phase of Object.keys(one.first)) {
    const took = samples.flatMap(({ first }) => first[phase] ?? [])
    const again = samples.flatMap(({ again }) => again[phase] ?? [])
    const figures = [took, again].flatMap((each) => [
      medianOf(each, "cpuMs").toFixed(0),
      medianOf(each, "wallMs").toFixed(0),
    ])
    say(`| ${phase} | ${figures.join(" | ")} |`)
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = main()
