import { ProblemsError } from "@freshet/core"

import type { Project, RunDetail, RunRow } from "../project/project.ts"
import {
  runDetailLines,
  runListLines,
  runListNote,
  stepKey,
  unknownRunMessage,
} from "../render/run-list.ts"
import { standingsOf } from "../render/run-progress-lines.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { rangeDocuments } from "./plan-document.ts"
import { isoTime } from "./status.ts"

export interface RunsFlags {
  readonly limit: number
  readonly json: boolean
}

/** Lists the newest runs. */
export async function runs(cli: CommandLine, flags: RunsFlags): Promise<number> {
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (project) => {
    const rows = await project.history.runs(flags.limit)
    if (flags.json) await printJson(cli.out, { runs: rows.map(runDocument) })
    else {
      await printLines(cli.out, runListLines(rows, project.nowMs, cli.out.look))
      await printLines(cli.err, runListNote(rows.length, flags.limit))
    }
    return exitCodes.done
  })
}

function runDocument(run: RunRow): object {
  return {
    id: run.id,
    command: run.command,
    outcome: run.outcome,
    started_at: isoTime(run.startedMs),
    ended_at: timeOrNull(run.endedMs),
    cancel_requested_at: timeOrNull(run.cancelRequestedMs),
    steps: run.steps,
    made: run.made,
    failed: run.failed,
  }
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : isoTime(ms)
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
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (project) => {
    const run = await project.history.findRun(id)
    if (run === undefined) throw unknownRun(id)
    const at = { nowMs: project.nowMs, everyStep: flags.steps }
    await (flags.json
      ? printJson(cli.out, runDetailDocument(project, run))
      : printLines(cli.out, runDetailLines(project.graph, run, at, cli.out.look)))
    return exitCodes.done
  })
}

/** No run, or more than one, has an id that begins so. */
export function unknownRun(id: string): ProblemsError {
  const problem = { kind: "unknown_run", message: unknownRunMessage(id) }
  return new ProblemsError("usage", [{ ...problem, hint: "`freshet runs` lists them." }])
}

function runDetailDocument(project: Project, run: RunDetail): object {
  return {
    ...runDocument(run),
    progress: standingsOf(run).map(({ computation, planned, ended, groups }) => ({
      computation,
      planned,
      ended,
      partitions: groups.map(({ outcome, ranges }) => ({
        outcome,
        ranges: rangeDocuments(project)(firstOutput(project, computation), ranges),
      })),
    })),
    step_rows: run.stepRows.map((step) => ({
      computation: step.computation,
      partition: stepKey(project.graph, step),
      outcome: step.outcome,
      message: step.message ?? null,
      rows: step.rows,
      ms: step.ms,
    })),
    publications: run.publications.map(({ partitionKey, ...rest }) => ({
      partition: partitionKey,
      ...rest,
    })),
  }
}

function firstOutput({ graph }: Project, computation: string): string {
  return graph.computations.find(({ name }) => name === computation)?.outputs[0]?.asset ?? ""
}
