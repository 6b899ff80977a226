import { createMaterializeRequest, isEmptyPlan, type MaterializeRequest } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { previewPlan, type SaveFlags } from "../terminal/preview.ts"

export interface PlanFlags extends MaterializeRequest, SaveFlags {
  readonly json: boolean
  readonly exitCode: boolean
}

/** Says what `materialize` would do, and why, and does nothing. */
export async function plan(
  cli: CommandLine,
  flags: PlanFlags,
  ...words: readonly string[]
): Promise<number> {
  const services = await loadServices(cli)
  return services.withProject({}, async (project) => {
    const planned = await previewPlan(
      cli,
      flags,
      project,
      createMaterializeRequest("plan", words, flags),
    )
    return flags.exitCode && !isEmptyPlan(planned.plan) ? exitCodes.workToDo : exitCodes.done
  })
}
