import { ProblemsError } from "@freshet/core"

import type { Cancellation } from "../project/cancel-run.ts"
import type { RunRow } from "../project/project.ts"
import { ago, count } from "../render/amount.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { unknownRun } from "./runs.ts"

/** A statement of the engine hears within a second; committing what is written may take longer. */
const patienceMs = 10_000

/** Asks a run of another process to stop, and says whether it did. */
export async function runsCancel(
  cli: CommandLine,
  flags: { readonly json: boolean },
  id: string,
): Promise<number> {
  const config = await cli.loadConfig()
  const ended = await cli.world.cancelRun(config, { id, patienceMs })
  if (ended.kind === "unknown") throw unknownRun(id)
  if (ended.kind === "over") throw nothingToCancel(ended.run, cli.nowMs())
  const { run } = ended
  await (flags.json
    ? printJson(cli.out, { run: run.id, outcome: run.outcome })
    : printLines(cli.out, cancelLines(ended)))
  return ended.kind === "stopped" ? exitCodes.done : exitCodes.busy
}

function cancelLines({ kind, run }: Extract<Cancellation, { run: RunRow }>): readonly string[] {
  if (kind === "asked")
    return [
      `Run ${run.id} was asked to stop, and has not ended yet.`,
      `\`freshet runs show ${run.id}\` tells when it has.`,
    ]
  if (run.outcome === "succeeded" || run.outcome === "failed")
    return [`Run ${run.id} reached its end before it could stop: ${run.outcome}.`]
  return [
    `Run ${run.id} has stopped: ${count(run.made)} of ${count(run.steps)} partitions were made, and are kept.`,
    `\`freshet runs retry ${run.id}\` makes what is left.`,
  ]
}

function nothingToCancel({ id, outcome, endedMs }: RunRow, nowMs: number): ProblemsError {
  const when = endedMs === undefined ? "" : ` ${ago(endedMs, nowMs)}`
  const how = outcome === "running" ? "has just ended" : `is over: ${outcome}${when}`
  return new ProblemsError("usage", [
    {
      kind: "usage",
      message: `There is nothing to cancel: run ${id} ${how}.`,
      hint: "`freshet runs` lists the runs, those under way first of all.",
    },
  ])
}
