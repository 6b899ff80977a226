import { randomUUID } from "node:crypto"

import { type Effects, execute, type Plan, ProblemsError } from "@freshet/core"
import { openRunLedger, type RunHolder, type RunLedger, withPostgres } from "@freshet/io"

import type { Config } from "../config.ts"
import { withEngine } from "./engine.ts"
import { declaredGraph, hash, readProject, withMigratedLedger } from "./open-project.ts"
import type { Project, RunReport, RunRequest } from "./project.ts"

/**
 * Takes the right to run, plans from the state that is true then, and performs the plan.
 * Nothing of the engine is loaded when there is nothing to do.
 */
export async function runPlan(
  config: Config,
  keeperCommand: readonly string[],
  request: RunRequest,
): Promise<RunReport> {
  const graph = declaredGraph(config)
  const { databaseUrl, home } = config
  return withPostgres({ databaseUrl, home, keeperCommand }, async (url) => {
    await withMigratedLedger(url, async () => {})
    const lost = new AbortController()
    const runLedger = await openRunLedger(url, {
      wait: request.wait,
      onWait: (holder) => request.onWait(holderText(holder)),
      pid: process.pid,
      onLost: (error) => lost.abort(error),
    })
    try {
      const project = await readProject(config, graph, runLedger.client)
      const plan = request.plan(project)
      if (plan === undefined) return { kind: "declined" }
      if (plan.steps.length === 0 && plan.publications.length === 0)
        return { kind: "nothing", project, plan }
      const signal = AbortSignal.any([request.signal, lost.signal])
      return await perform({ config, project, plan, runLedger, url }, { ...request, signal })
    } finally {
      await runLedger.close()
    }
  })
}

interface Performing {
  readonly config: Config
  readonly project: Project
  readonly plan: Plan
  readonly runLedger: RunLedger
  readonly url: string
}

async function perform(
  { config, project, plan, runLedger, url }: Performing,
  request: RunRequest,
): Promise<RunReport> {
  const { command, emit, signal, failFast } = request
  return withEngine(config, { signal, url }, async ({ engine, publisher, store, bind }) => {
    const problems = await bind(project.graph)
    if (problems.length > 0) throw new ProblemsError("usage", problems)
    await store.sweepTemp()
    const effects: Effects = {
      nowMs: Date.now,
      hash,
      newId: () => newRunId(new Date()),
      engine,
      ledger: runLedger.ledger,
      publisher,
      emit,
      signal,
    }
    const { concurrency } = config
    const result = await execute(project.evaluation, plan, effects, {
      command,
      concurrency,
      failFast,
    })
    return { kind: "ran", project, plan, result }
  })
}

/** Sorts by time and can be typed: `20260105-071502-3f9a1c`. */
function newRunId(now: Date): string {
  const [day, time] = now.toISOString().replaceAll(/[-:]/g, "").slice(0, 15).split("T")
  return `${day}-${time}-${randomUUID().slice(0, 6)}`
}

function holderText(holder: RunHolder | undefined): string {
  if (holder === undefined) return "another run that is just starting"
  return `run ${holder.run} (${holder.command}), process ${holder.pid} on ${holder.host}`
}
