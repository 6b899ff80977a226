import { makePlan } from "@freshet/core"

import { isEmpty, planLines } from "../render/plan-table.ts"
import { warningLines } from "../render/problem-lines.ts"
import { withChangedInputs } from "./changed-inputs.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { planDocument } from "./plan-document.ts"
import { type OnlyState, onlyInState } from "./restrict-plan.ts"
import { selectAssets } from "./select.ts"
import { type DayFlags, targetsOf } from "./targets.ts"

export interface PlanFlags extends DayFlags {
  readonly only?: OnlyState
  readonly publish: boolean
  readonly exitCode: boolean
  readonly json: boolean
}

/** Says what `materialize` would do, and why, and does nothing. */
export async function plan(
  cli: CommandLine,
  flags: PlanFlags,
  ...words: readonly string[]
): Promise<number> {
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (project) => {
    const targets = targetsOf(project, selectAssets(project, words), flags)
    const request = { targets, publish: flags.publish }
    const whole = makePlan(project.evaluation, request, project.hash)
    const planned = await withChangedInputs(project, onlyInState(project, whole, flags.only))
    await printLines(cli.err, warningLines(project.warnings, cli.err.look))
    await (flags.json
      ? printJson(cli.out, planDocument(project, planned))
      : printLines(cli.out, planLines(project.graph, planned, cli.out.look)))
    return flags.exitCode && !isEmpty(planned) ? exitCodes.workToDo : exitCodes.done
  })
}
