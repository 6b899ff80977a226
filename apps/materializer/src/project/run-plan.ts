import { randomUUID } from "node:crypto"
import { rm } from "node:fs/promises"
import { join } from "node:path"

import {
  type Effects,
  execute,
  type Graph,
  isInRanges,
  type Ledger,
  outputsOf,
  type PartitionRange,
  ProblemsError,
} from "@freshet/core"
import { type RunLedger, type Store, withPostgres } from "@freshet/io"

import type { Config } from "../config.ts"
import { type Machinery, withEngine } from "./engine.ts"
import { hash } from "./hash.ts"
import { takeLake } from "./lake-owner.ts"
import { planOnStored } from "./lost-files.ts"
import { declaredGraph, readProject } from "./open-project.ts"
import type { Planned, Project, Ran, RunReport, RunRequest } from "./project.ts"
import { withRightToRun } from "./right-to-run.ts"

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
    return withRightToRun({ url, graph }, request, ({ runLedger, signal }) =>
      withSpillFolder(config, (spillFolder) =>
        withEngine(config, { signal, url, progress: request.progress, spillFolder }, (machinery) =>
          planAndPerform({ config, graph, runLedger, machinery }, { ...request, signal }),
        ),
      ),
    )
  })
}

/** Nothing is made from a landing zone that is not there, or of which nobody can say which file of a day counts. */
export function refuseUncertainLanding({ warnings }: Project): void {
  const uncertain = warnings.filter(({ kind }) => uncertainties.includes(kind))
  if (uncertain.length > 0) throw new ProblemsError("input", uncertain)
}

const uncertainties: readonly string[] = ["landing_missing", "landing_twice"]

interface Running {
  readonly config: Config
  readonly graph: Graph
  readonly runLedger: RunLedger
  readonly machinery: Machinery
}

async function planAndPerform(running: Running, request: RunRequest): Promise<RunReport> {
  const { config, graph, runLedger, machinery } = running
  const project = await readProject(config, graph, runLedger.client, machinery.engine)
  refuseUncertainLanding(project)
  const planned = await planOnStored(project, request.plan, "run")
  request.onPlan(planned)
  const { checks, work, publications } = planned.plan
  if (checks.length + work.length + publications.length === 0)
    return { kind: "nothing", ...planned }
  return perform(running, planned, request)
}

async function perform(
  { config, runLedger, machinery: { engine, publisher, store } }: Running,
  planned: Planned,
  { command, emit, signal, failFast }: RunRequest,
): Promise<Ran> {
  await takeLake({ lake: config.lake, store, client: runLedger.client })
  await store.sweepTemp()
  const effects: Effects = {
    nowMs: Date.now,
    hash,
    newId: () => newRunId(new Date()),
    engine,
    ledger: findingKept(runLedger.ledger, store, planned),
    publisher,
    emit,
    signal,
  }
  const { concurrency } = config
  const result = await execute(planned.project.evaluation, planned.plan, effects, {
    command,
    concurrency,
    failFast,
  })
  return { kind: "ran", ...planned, result }
}

/** What was made earlier of a partition that is to be made counts again only while its files are there. */
function findingKept(ledger: Ledger, store: Store, { project, plan }: Planned): Ledger {
  const planned = new Map<string, readonly PartitionRange[]>()
  for (const { computation, ranges } of plan.work)
    for (const { name } of outputsOf(project.graph, computation)) planned.set(name, ranges)
  return {
    ...ledger,
    recorded: async (wanted) => {
      const records = await ledger.recorded(wanted)
      const there = await Promise.all(
        records.map(
          async ({ asset, partition, file }) =>
            !isInRanges(planned.get(asset) ?? [], partition) || (await store.exists(file)),
        ),
      )
      return records.filter((_, at) => there[at] === true)
    },
  }
}

/** Runs spill into a folder of their own: who holds the right to run may remove what killed ones left there. */
async function withSpillFolder<T>(
  { home }: Config,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = join(home, "spill", "run")
  const remove = () => rm(folder, { recursive: true, force: true })
  await remove()
  try {
    return await work(folder)
  } finally {
    await remove()
  }
}

/** Sorts by time and can be typed: `20260105-071502-3f9a1c`. */
function newRunId(now: Date): string {
  const [day, time] = now.toISOString().replaceAll(/[-:]/g, "").slice(0, 15).split("T")
  return `${day}-${time}-${randomUUID().slice(0, 6)}`
}
