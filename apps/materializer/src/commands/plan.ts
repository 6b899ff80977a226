import type { CommandLine } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import type { MaterializeOrder } from "./materialize.ts"
import type { SaveFlags } from "./preview.ts"
import { answered, type Found } from "./same-answer.ts"

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
  return answered(cli, flags.save === undefined, (cli) => previewPlan(cli, flags, words))
}

async function previewPlan(
  cli: CommandLine,
  flags: PlanFlags,
  words: readonly string[],
): Promise<Found> {
  const { materializeOrder } = await import("./materialize-order.ts")
  const { preview } = await import("./preview.ts")
  const { isEmpty } = await import("../project/empty-plan.ts")
  const { basisOf } = await import("../project/basis-of-plan.ts")
  return cli.world.withProject(await cli.loadConfig(), async (project) => {
    const planned = await preview(cli, flags, project, materializeOrder("plan", words, flags))
    if (isEmpty(planned.plan)) return { exitCode: exitCodes.done, basis: await basisOf(planned) }
    return { exitCode: flags.exitCode ? exitCodes.workToDo : exitCodes.done }
  })
}
