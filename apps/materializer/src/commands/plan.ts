import { basisOf } from "../project/plan-basis.ts"
import { isEmpty } from "../render/plan-table.ts"
import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { type MaterializeOrder, materializeOrder } from "./materialize.ts"
import { type SaveFlags, preview } from "./preview.ts"
import { answered } from "./same-answer.ts"

export interface PlanFlags extends MaterializeOrder, SaveFlags {
  readonly json: boolean
  readonly exitCode: boolean
}

/** Says what `materialize` would do, and why, and does nothing. */
export async function plan(
  cli: CommandLine,
  flags: PlanFlags,
  ...words: readonly string[]
): Promise<number> {
  const mayRepeat = flags.save === undefined
  return answered(cli, { command: "plan", words, flags, mayRepeat }, async (cli) => {
    const config = await cli.loadConfig()
    return cli.world.withProject(config, async (project) => {
      const planned = await preview(cli, flags, project, materializeOrder("plan", words, flags))
      if (!isEmpty(planned.plan))
        return { exitCode: flags.exitCode ? exitCodes.workToDo : exitCodes.done }
      return { exitCode: exitCodes.done, basis: await basisOf(planned) }
    })
  })
}
