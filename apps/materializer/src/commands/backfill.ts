import {
  type Evaluation,
  type Plan,
  type PartitionRange,
  type Step,
  makePlan,
  ProblemsError,
  staleAfter,
} from "@freshet/core"

import type { Project, RunReport } from "../project/project.ts"
import { type Aftermath, aftermathLines } from "../render/aftermath.ts"
import { type CommandLine, printLines } from "./command-line.ts"
import { commandText } from "./command-text.ts"
import { exitCodes } from "./exit-code.ts"
import { type RunFlags, performRun } from "./perform-run.ts"
import { type OnlyState, onlyInState, restrictPlan } from "./restrict-plan.ts"
import { namedAsset } from "./select.ts"
import { type DayFlags, targetsOf } from "./targets.ts"

export interface BackfillFlags extends RunFlags, DayFlags {
  readonly only?: OnlyState
  readonly downstream: boolean
}

/** Makes past partitions of one asset as of their own days, and says what that leaves undone. */
export async function backfill(
  cli: CommandLine,
  flags: BackfillFlags,
  name: string,
): Promise<number> {
  requireDays(flags, name)
  const ended = await performRun(cli, flags, {
    title: commandText("backfill", [name], flags),
    command: commandText("freshet backfill", [name], flags),
    makePlan: (project) => backfillPlan(project, name, flags),
    asked: (project) => {
      const [range] = targetsOf(project, [namedAsset(project, name).name], flags).values()
      return range === undefined ? 0 : range.to - range.from + 1
    },
  })
  if (ended === undefined) return exitCodes.done
  if (!flags.json && !flags.jsonl) await tellAftermath(cli, name, flags, ended.report)
  return ended.exitCode
}

function requireDays({ date, from, to }: BackfillFlags, name: string): void {
  if (date !== undefined || from !== undefined || to !== undefined) return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: "A backfill has no default range: say which days.",
      hint: `For example \`freshet backfill ${name} --date 2026-01-05\`, or --from … --to …; for the newest day \`freshet materialize ${name}\`.`,
    },
  ])
}

/** The asset's days with whatever upstream is not fresh; with `downstream` also what becomes stale by it. */
export function backfillPlan(
  project: Project,
  name: string,
  flags: DayFlags & Pick<BackfillFlags, "only" | "downstream">,
): Plan {
  const { evaluation, hash } = project
  const asset = namedAsset(project, name)
  const targets = targetsOf(project, [asset.name], flags)
  const plan = makePlan(evaluation, { targets, publish: true }, hash)
  const own = onlyInState(project, plan, flags.only)
  return flags.downstream ? withDownstream(project, own) : own
}

function withDownstream(project: Project, plan: Plan): Plan {
  const { evaluation, hash, graph } = project
  const affected = staleAfter(evaluation, plan)
  const targets = new Map<string, PartitionRange>(plan.targets)
  for (const { name, outputs } of graph.computations) {
    const partitions = affected.get(name) ?? []
    const [from, to] = [partitions[0], partitions.at(-1)]
    if (from === undefined || to === undefined) continue
    for (const { asset } of outputs) targets.set(asset, { from, to })
  }
  const wanted = new Set(plan.steps.map(({ id }) => id))
  const isWanted = (step: Step) =>
    wanted.has(step.id) ||
    (step.kind === "materialize" &&
      affected.get(step.computation.name)?.includes(step.partition) === true)
  return restrictPlan(project, makePlan(evaluation, { targets, publish: true }, hash), isWanted)
}

/** Tells what the run left as it was: the published tables, and what downstream is stale now. */
async function tellAftermath(
  cli: CommandLine,
  name: string,
  flags: DayFlags,
  report: RunReport,
): Promise<void> {
  if (report.kind !== "ran") return
  const before = report.project
  const asset = namedAsset(before, name)
  const predicted = staleAfter(before.evaluation, report.plan)
  const aftermath = await cli.world.withProject(before.config, async ({ evaluation }) => ({
    published: publishedSet(evaluation, asset.name),
    stale: stillStale(evaluation, predicted),
    command: commandText("freshet backfill", [asset.name], { ...flags, downstream: true }),
  }))
  await printLines(cli.out, aftermathLines(before.graph, aftermath, cli.out.look))
}

function publishedSet(evaluation: Evaluation, name: string): Aftermath["published"] {
  const asset = evaluation.graph.assets.get(name)
  if (asset?.kind !== "asset" || asset.publish === undefined) return undefined
  return evaluation.snapshot.publications.get(asset.publish.set)
}

function stillStale(
  evaluation: Evaluation,
  predicted: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, readonly number[]> {
  const stale = [...predicted].map(([computation, partitions]) => {
    const statuses = evaluation.statuses.get(computation)
    const left = partitions.filter((index) => statuses?.get(index)?.kind !== "fresh")
    return [computation, left.toSorted((a, b) => a - b)] as const
  })
  return new Map(stale.filter(([, partitions]) => partitions.length > 0))
}
