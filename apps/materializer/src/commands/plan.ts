import { isEmpty } from "../project/empty-plan.ts"
import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { materializeOrder } from "./materialize-order.ts"
import type { MaterializeOrder } from "./materialize.ts"
import { preview, type SaveFlags } from "./preview.ts"

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
  return cli.world.withProject(await cli.loadConfig(), async (project) => {
    const planned = await preview(cli, flags, project, materializeOrder("plan", words, flags))
    return flags.exitCode && !isEmpty(planned.plan) ? exitCodes.workToDo : exitCodes.done
  })
}
