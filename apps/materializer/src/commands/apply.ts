import { resolve } from "node:path"

import { planDrift, ProblemsError, requestOf, savePlan } from "@freshet/core"

import { type PlanFile, readPlanFile } from "../project/plan-file.ts"
import type { Planned } from "../project/project.ts"
import type { CommandLine } from "./command-line.ts"
import { commandText } from "./command-text.ts"
import { exitCodes } from "./exit-code.ts"
import { type RunFlags, performRun } from "./perform-run.ts"
import type { RunOrder } from "./run-order.ts"

/** Does exactly what a saved plan says, or nothing. */
export async function apply(cli: CommandLine, flags: RunFlags, path: string): Promise<number> {
  const file = await readPlanFile(resolve(cli.cwd, path))
  const ended = await performRun(cli, flags, applyOrder(path, file))
  return ended?.exitCode ?? exitCodes.done
}

/** Who saved a plan has looked at it: nothing is asked. */
function applyOrder(path: string, { plan: saved }: PlanFile): RunOrder {
  return {
    title: commandText("apply", [path], {}),
    command: commandText("freshet apply", [path], {}),
    request: ({ evaluation }) => requestOf(evaluation, saved),
    inspect: (planned) => refuseDrift(saved, planned),
    asked: () => 0,
    announces: false,
  }
}

function refuseDrift(saved: PlanFile["plan"], { project, plan }: Planned): void {
  const { evaluation, hash } = project
  const now = savePlan(evaluation, plan, requestOf(evaluation, saved), hash)
  const problems = planDrift(saved, now)
  if (problems.length > 0) throw new ProblemsError("moved", problems)
}
