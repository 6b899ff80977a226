import {
  type Evaluation,
  type PlanRequest,
  partitionCount,
  ProblemsError,
  staleAfter,
} from "@freshet/core"

import type { Project, RunReport } from "../project/project.ts"
import { type Aftermath, aftermathLines } from "../render/aftermath.ts"
import { type CommandLine, printLines } from "./command-line.ts"
import { commandText } from "./command-text.ts"
import { mendingCommands, rootsOf, stillStale, withDownstream } from "./downstream.ts"
import { exitCodes } from "./exit-code.ts"
import { type OnlyState, plannedState } from "./only-state.ts"
import { type RunFlags, performRun } from "./perform-run.ts"
import type { SaveFlags } from "./preview.ts"
import type { RunOrder } from "./run-order.ts"
import { namedAsset } from "./select.ts"
import { type PartitionFlags, targetsOf } from "./targets.ts"

export interface BackfillFlags extends RunFlags, SaveFlags, BackfillOrder {}

/** Which past partitions are to be made. */
interface BackfillOrder extends PartitionFlags {
  readonly only?: OnlyState
  readonly downstream: boolean
  readonly inputs: "current" | "recorded"
}

/** Makes past partitions of one asset as of their own days, and says what that leaves undone. */
export async function backfill(
  cli: CommandLine,
  flags: BackfillFlags,
  name: string,
): Promise<number> {
  requirePartitions(flags, name)
  if (flags.inputs === "recorded") {
    const { backfillRecorded } = await import("./recorded-inputs.ts")
    return backfillRecorded(cli, flags, name)
  }
  const dryRun = flags.dryRun || flags.save !== undefined
  const ended = await performRun(cli, { ...flags, dryRun }, backfillOrder(name, flags))
  if (ended === undefined) return exitCodes.done
  if (!flags.json && !flags.jsonl) await tellAftermath(cli, name, flags, ended.report)
  return ended.exitCode
}

function backfillOrder(name: string, flags: BackfillOrder): RunOrder {
  const named = (project: Project) => targetsOf(project, [namedAsset(project, name).name], flags)
  return {
    title: commandText("backfill", [name], flags),
    command: commandText("freshet backfill", [name], flags),
    request: (project) => backfillRequest(project, named(project), flags),
    asked: (project) => partitionCount([...named(project).values()].flat()),
    named,
    announces: true,
  }
}

function requirePartitions({ date, from, to, partition }: BackfillFlags, name: string): void {
  if ([date, from, to, partition].some((given) => given !== undefined)) return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: "A backfill has no default range: say which partitions.",
      hint: `For example \`freshet backfill ${name} --date 2026-01-05\`, or --from … --to …, or --partition KEY; for the newest one \`freshet materialize ${name}\`.`,
    },
  ])
}

/** The asset's partitions with whatever upstream is not fresh; with `downstream` also what is or becomes stale below. */
function backfillRequest(
  project: Project,
  targets: PlanRequest["targets"],
  flags: BackfillOrder,
): PlanRequest {
  const request = { targets, only: plannedState(flags.only), publish: true }
  return flags.downstream ? withDownstream(project, request) : request
}

/** Tells what the run left as it was: the published tables, and what downstream is stale now. */
async function tellAftermath(
  cli: CommandLine,
  name: string,
  flags: PartitionFlags,
  report: RunReport,
): Promise<void> {
  if (report.kind !== "ran") return
  const before = report.project
  const asset = namedAsset(before, name)
  const predicted = staleAfter(before.evaluation, report.plan)
  const { date, from, to, partition } = flags
  const asked = {
    name: asset.name,
    flags: { date, from, to, partition },
    targets: targetsOf(before, [asset.name], flags),
  }
  const aftermath = await cli.world.withProject(before.config, async ({ evaluation }) => {
    const stale = stillStale(evaluation, predicted)
    const commands = mendingCommands(evaluation, stale, rootsOf(evaluation, asked, report.plan))
    return { published: publishedSet(evaluation, asset.name), stale, commands }
  })
  await printLines(cli.out, aftermathLines(before.graph, aftermath, cli.out.look))
}

function publishedSet(evaluation: Evaluation, name: string): Aftermath["published"] {
  const asset = evaluation.graph.assets.get(name)
  if (asset?.kind !== "asset" || asset.publish === undefined) return undefined
  return evaluation.snapshot.publications.get(asset.publish.set)
}
