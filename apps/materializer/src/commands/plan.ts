import { isEmpty } from "../render/plan-table.ts"
import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { type MaterializeOrder, materializeOrder } from "./materialize.ts"
import { type SaveFlags, preview } from "./preview.ts"

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
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (project) => {
    const planned = await preview(cli, flags, project, materializeOrder("plan", words, flags))
    return flags.exitCode && !isEmpty(planned.plan) ? exitCodes.workToDo : exitCodes.done
  })
}
