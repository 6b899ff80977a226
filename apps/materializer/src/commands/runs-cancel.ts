import { formatAge, formatCount, ProblemsError } from "@freshet/core/engine"
import { cancelRun, type CancelResult, type RunRow } from "@freshet/services"

import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { unknownRunError } from "./runs.ts"

/** A statement of the engine hears within a second; committing what is written may take longer. */
const cancelTimeoutMs = 10_000

/** Asks a run of another process to stop, and says whether it did. */
export async function runsCancel(
  cli: CommandLine,
  flags: { readonly json: boolean },
  id: string,
): Promise<number> {
  const result = await cancelRun(await loadServices(cli), { id, timeoutMs: cancelTimeoutMs })
  if (result.kind === "unknown") throw unknownRunError(id)
  if (result.kind === "over") throw nothingToCancelError(result.run, cli.nowMs())
  const { run } = result
  await (flags.json
    ? printJson(cli.out, { run: run.id, outcome: run.outcome })
    : printLines(cli.out, formatCancelResult(result)))
  return result.kind === "stopped" ? exitCodes.done : exitCodes.busy
}

function formatCancelResult({
  kind,
  run,
}: Extract<CancelResult, { run: RunRow }>): readonly string[] {
  if (kind === "asked")
    return [
      `Run ${run.id} was asked to stop, and has not ended yet.`,
      `\`freshet runs show ${run.id}\` tells when it has.`,
    ]
  if (run.outcome === "succeeded" || run.outcome === "failed")
    return [`Run ${run.id} reached its end before it could stop: ${run.outcome}.`]
  return [
    `Run ${run.id} has stopped: ${formatCount(run.materialized)} of ${formatCount(run.steps)} partitions were made, and are kept.`,
    `\`freshet runs retry ${run.id}\` makes what is left.`,
  ]
}

function nothingToCancelError({ id, outcome, endedMs }: RunRow, nowMs: number): ProblemsError {
  const when = endedMs === undefined ? "" : ` ${formatAge(endedMs, nowMs)}`
  const reason = outcome === "running" ? "has just ended" : `is over: ${outcome}${when}`
  return new ProblemsError("usage", [
    {
      kind: "usage",
      message: `There is nothing to cancel: run ${id} ${reason}.`,
      hint: "`freshet runs` lists the runs, those under way first of all.",
    },
  ])
}
