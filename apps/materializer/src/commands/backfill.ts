import {
  countPartitions,
  type Evaluation,
  findStaleDownstream,
  type PlanRequest,
  ProblemsError,
} from "@freshet/core/engine"
import {
  addDownstream,
  chooseBackfillCommands,
  filterStale,
  formatCommand,
  listBackfillRoots,
  type OnlyState,
  type PartitionArguments,
  type Project,
  resolveTargets,
  type RunReport,
  type RunRequest,
  selectAsset,
  toPlanState,
} from "@freshet/services"

import { type BackfillImpact, formatBackfillImpact } from "../render/backfill-impact.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import type { SaveFlags } from "../terminal/preview.ts"
import { type RunFlags, runAndPrint } from "../terminal/run-and-print.ts"

export interface BackfillFlags extends RunFlags, SaveFlags, BackfillRequest {}

/** Which past partitions are to be made. */
interface BackfillRequest extends PartitionArguments {
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
    const { recomputeRecorded } = await import("../terminal/recompute-recorded.ts")
    return recomputeRecorded(cli, flags, name)
  }
  const dryRun = flags.dryRun || flags.save !== undefined
  const runEnd = await runAndPrint(cli, { ...flags, dryRun }, createBackfillRequest(name, flags))
  if (runEnd === undefined) return exitCodes.done
  if (!flags.json && !flags.jsonl) await printImpact(cli, name, flags, runEnd.report)
  return runEnd.exitCode
}

function createBackfillRequest(name: string, flags: BackfillRequest): RunRequest {
  const listTargets = (project: Project) =>
    resolveTargets(project, [selectAsset(project, name).name], flags)
  return {
    title: formatCommand("backfill", [name], flags),
    command: formatCommand("freshet backfill", [name], flags),
    toPlanRequest: (project) => createPlanRequest(project, listTargets(project), flags),
    countRequested: (project) => countPartitions([...listTargets(project).values()].flat()),
    listNamedTargets: listTargets,
    announcesRun: true,
  }
}

function requirePartitions({ date, from, to, partition }: BackfillFlags, name: string): void {
  if ([date, from, to, partition].some((argument) => argument !== undefined)) return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: "A backfill has no default range: say which partitions.",
      hint: `For example \`freshet backfill ${name} --date 2026-01-05\`, or --from … --to …, or --partition KEY; for the newest one \`freshet materialize ${name}\`.`,
    },
  ])
}

/** The asset's partitions with whatever upstream is not fresh; with `downstream` also what is or becomes stale below. */
function createPlanRequest(
  project: Project,
  targets: PlanRequest["targets"],
  flags: BackfillRequest,
): PlanRequest {
  const request = { targets, only: toPlanState(flags.only), publish: true }
  return flags.downstream ? addDownstream(project, request) : request
}

/** Tells what the run left as it was: the published tables, and what downstream is stale now. */
async function printImpact(
  cli: CommandLine,
  name: string,
  flags: PartitionArguments,
  report: RunReport,
): Promise<void> {
  if (report.kind !== "ran") return
  const previousProject = report.project
  const asset = selectAsset(previousProject, name)
  const predictedStale = findStaleDownstream(previousProject.evaluation, report.plan)
  const { date, from, to, partition } = flags
  const backfillTarget = {
    name: asset.name,
    flags: { date, from, to, partition },
    targets: resolveTargets(previousProject, [asset.name], flags),
  }
  const services = await loadServices(cli)
  const impact = await services.withProject({}, async ({ evaluation }) => {
    const staleDownstream = filterStale(evaluation, predictedStale)
    const commands = chooseBackfillCommands(
      evaluation,
      staleDownstream,
      listBackfillRoots(evaluation, backfillTarget, report.plan),
    )
    return { publication: findPublishedSet(evaluation, asset.name), staleDownstream, commands }
  })
  await printLines(cli.out, formatBackfillImpact(previousProject.graph, impact, cli.out.style))
}

function findPublishedSet(evaluation: Evaluation, name: string): BackfillImpact["publication"] {
  const asset = evaluation.graph.assets.get(name)
  if (asset?.kind !== "asset" || asset.publish === undefined) return undefined
  return evaluation.snapshot.publications.get(asset.publish.set)
}
