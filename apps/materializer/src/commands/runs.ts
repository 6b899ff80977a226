import { ProblemsError } from "@freshet/core/engine"
import {
  createRangeConverter,
  type Project,
  type RunDetail,
  type RunRow,
  toIsoTime,
} from "@freshet/services"

import { summarizeOutcomes } from "../render/computation-outcomes.ts"
import {
  formatRunDetail,
  formatRunList,
  formatRunListNote,
  formatStepKey,
  formatUnknownRun,
} from "../render/run-list.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface RunsFlags {
  readonly limit: number
  readonly json: boolean
}

/** Lists the newest runs. */
export async function runs(cli: CommandLine, flags: RunsFlags): Promise<number> {
  const services = await loadServices(cli)
  return services.withProject({}, async (project) => {
    const rows = await project.ledger.listRuns(flags.limit)
    if (flags.json) await printJson(cli.out, { runs: rows.map(toRunDocument) })
    else {
      await printLines(cli.out, formatRunList(rows, project.nowMs, cli.out.style))
      await printLines(cli.err, formatRunListNote(rows.length, flags.limit))
    }
    return exitCodes.done
  })
}

function toRunDocument(run: RunRow): object {
  return {
    id: run.id,
    command: run.command,
    outcome: run.outcome,
    started_at: toIsoTime(run.startedMs),
    ended_at: toIsoTimeOrNull(run.endedMs),
    cancel_requested_at: toIsoTimeOrNull(run.cancelRequestedMs),
    steps: run.steps,
    made: run.materialized,
    failed: run.failed,
  }
}

function toIsoTimeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : toIsoTime(ms)
}

export interface RunsShowFlags {
  readonly steps: boolean
  readonly json: boolean
}

/** Shows how far a run is or was, its steps and its publications. */
export async function runsShow(
  cli: CommandLine,
  flags: RunsShowFlags,
  id: string,
): Promise<number> {
  const services = await loadServices(cli)
  return services.withProject({}, async (project) => {
    const run = await project.ledger.findRun(id)
    if (run === undefined) throw unknownRunError(id)
    const options = { nowMs: project.nowMs, everyStep: flags.steps }
    await (flags.json
      ? printJson(cli.out, toRunDetailDocument(project, run))
      : printLines(cli.out, formatRunDetail(project.graph, run, options, cli.out.style)))
    return exitCodes.done
  })
}

/** No run, or more than one, has an id that begins so. */
export function unknownRunError(id: string): ProblemsError {
  const problem = { kind: "unknown_run", message: formatUnknownRun(id) }
  return new ProblemsError("usage", [{ ...problem, hint: "`freshet runs` lists them." }])
}

function toRunDetailDocument(project: Project, run: RunDetail): object {
  return {
    ...toRunDocument(run),
    progress: summarizeOutcomes(run).map(({ computation, planned, ended, groups }) => ({
      computation,
      planned,
      ended,
      partitions: groups.map(({ outcome, ranges }) => ({
        outcome,
        ranges: createRangeConverter(project)(findFirstOutput(project, computation), ranges),
      })),
    })),
    step_rows: run.stepRows.map((step) => ({
      computation: step.computation,
      partition: formatStepKey(project.graph, step),
      outcome: step.outcome,
      message: step.message ?? null,
      rows: step.rows,
      ms: step.ms,
    })),
    publications: run.publications.map(({ partitionKey, ...publication }) => ({
      partition: partitionKey,
      ...publication,
    })),
  }
}

function findFirstOutput({ graph }: Project, computation: string): string {
  return graph.computations.find(({ name }) => name === computation)?.outputs[0]?.asset ?? ""
}
