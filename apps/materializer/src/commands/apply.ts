import { resolve } from "node:path"

import { findPlanDrift, ProblemsError, savePlan, toPlanRequest } from "@freshet/core/engine"
import {
  formatCommand,
  type PlanFile,
  type ProjectPlan,
  readPlanFile,
  type RunRequest,
} from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { type RunFlags, runAndPrint } from "../terminal/run-and-print.ts"

/** Does exactly what a saved plan says, or nothing. */
export async function apply(cli: CommandLine, flags: RunFlags, path: string): Promise<number> {
  const file = await readPlanFile(resolve(cli.cwd, path))
  const runEnd = await runAndPrint(cli, flags, createApplyRequest(path, file))
  return runEnd?.exitCode ?? exitCodes.done
}

/** Who saved a plan has looked at it: nothing is asked. */
function createApplyRequest(path: string, { plan: savedPlan }: PlanFile): RunRequest {
  return {
    title: formatCommand("apply", [path], {}),
    command: formatCommand("freshet apply", [path], {}),
    toPlanRequest: ({ evaluation }) => toPlanRequest(evaluation, savedPlan),
    verifyPlan: (projectPlan) => requireNoDrift(savedPlan, projectPlan),
    countRequested: () => 0,
    announcesRun: false,
  }
}

function requireNoDrift(savedPlan: PlanFile["plan"], { project, plan }: ProjectPlan): void {
  const { evaluation, hash } = project
  const currentPlan = savePlan(evaluation, plan, toPlanRequest(evaluation, savedPlan), hash)
  const problems = findPlanDrift(savedPlan, currentPlan)
  if (problems.length > 0) throw new ProblemsError("moved", problems)
}
