import { planOnStored } from "../project/lost-files.ts"
import { isEmpty, planLines } from "../render/plan-table.ts"
import { warningLines } from "../render/problem-lines.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { type MaterializeFlags, materializePlan } from "./materialize.ts"
import { planDocument } from "./plan-document.ts"
import { planView } from "./plan-view.ts"
import type { PartitionFlags } from "./targets.ts"

export interface PlanFlags extends PartitionFlags, Pick<MaterializeFlags, "only" | "publish"> {
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
  return cli.world.withProject(config, async (given) => {
    const planned = await planOnStored(given, (project) => materializePlan(project, words, flags))
    const view = await planView(planned)
    await printLines(cli.err, warningLines(planned.project.warnings, cli.err.look))
    await (flags.json
      ? printJson(cli.out, planDocument(planned.project, view))
      : printLines(cli.out, planLines(planned.project.graph, view, cli.out.look)))
    return flags.exitCode && !isEmpty(planned.plan) ? exitCodes.workToDo : exitCodes.done
  })
}
