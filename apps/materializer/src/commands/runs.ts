import { ProblemsError } from "@freshet/core"

import type { RunRow } from "../project/project.ts"
import {
  runDetailLines,
  runListLines,
  runListNote,
  stepKey,
  unknownRunMessage,
} from "../render/run-list.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
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
    ended_at: run.endedMs === undefined ? null : isoTime(run.endedMs),
    steps: run.steps,
    made: run.made,
    failed: run.failed,
  }
}

/** Shows one run with its steps and publications. */
export async function runsShow(
  cli: CommandLine,
  flags: { readonly json: boolean },
  id: string,
): Promise<number> {
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (project) => {
    const run = await project.history.findRun(id)
    if (run === undefined)
      throw new ProblemsError("usage", [
        { kind: "unknown_run", message: unknownRunMessage(id), hint: "`freshet runs` lists them." },
      ])
    await (flags.json
      ? printJson(cli.out, {
          ...runDocument(run),
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
        })
      : printLines(cli.out, runDetailLines(project.graph, run, project.nowMs, cli.out.look)))
    return exitCodes.done
  })
}
