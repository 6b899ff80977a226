import { type Asset, assetNamed, makePlan, type Problem, ProblemsError } from "@freshet/core"
import { refusedBelow } from "@freshet/core"

import { planOnStored } from "../project/lost-files.ts"
import type { Project } from "../project/project.ts"
import type { Refusal } from "../render/refusal.ts"
import { type Mending, rootText, whyLines } from "../render/why-lines.ts"
import { shownPartition } from "./asset-state.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { causeDocuments, keysOf, rangeDocuments, statusDocument } from "./plan-document.ts"
import { readRefusal } from "./read-refusal.ts"
import { type Explanation, explainPartition, mendingCommand } from "./root-causes.ts"
import { namedAsset } from "./select.ts"
import { partitionOf } from "./targets.ts"

export interface WhyFlags {
  readonly partition?: string
  readonly json: boolean
}

/** Says why a partition is as it is: the root cause first, then the way from there, then what mends it. */
export async function why(cli: CommandLine, flags: WhyFlags, name: string): Promise<number> {
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (given) => {
    const asset = namedAsset(given, name)
    if (asset.kind === "source") throw neverStale(name)
    const partition = partitionAsked(given, asset, flags.partition)
    const targets = new Map([[asset.name, [{ from: partition, to: partition }]]])
    const planned = await planOnStored(given, ({ evaluation, hash }) =>
      makePlan(evaluation, { targets, publish: false }, hash),
    )
    const { project } = planned
    const explained = await explainPartition(planned, asset, partition)
    const mending = mendingCommand(project.evaluation, asset, partition)
    const { commandFlag } = cli.out
    const command = commandFlag === undefined ? mending : `${mending} ${commandFlag}`
    const refusals = await rootRefusals(cli, project, explained)
    await (flags.json
      ? printJson(cli.out, whyDocument(project, explained, { command, refusals }))
      : printLines(
          cli.out,
          whyLines(project.graph, explained, { command, refusals }, cli.out.look),
        ))
    return exitCodes.done
  })
}

/** The one that is named; else the one by which the asset is judged as a whole. */
function partitionAsked(project: Project, asset: Asset, key: string | undefined): number {
  const shown = key === undefined ? shownPartition(project.evaluation, asset) : undefined
  return shown ?? partitionOf(project, asset, key)
}

/** What checks refused where it begins: of each root's newest partition, and of the rows that it stands on. */
async function rootRefusals(
  cli: CommandLine,
  project: Project,
  { asset, partition, status, roots }: Explanation,
): Promise<ReadonlyMap<string, Refusal>> {
  const own = { asset, partitions: [{ from: partition, to: partition }] }
  const ends = status.kind === "fresh" ? [own] : roots
  const refusals = new Map<string, Refusal>()
  for (const end of ends) {
    const index = end.partitions.at(-1)?.to
    if (index === undefined) continue
    const own = { asset: end.asset, partition: index, key: keysOf(project)(end.asset, index) }
    const { computation } = assetNamed(project.graph, end.asset)
    const below = refusedBelow(project.evaluation, { computation, partition: index })
    for (const rows of below === undefined ? [own] : [own, below]) {
      const refusal = await readRefusal(cli, project, rows)
      if (refusal !== undefined) refusals.set(rows.asset, refusal)
    }
  }
  return refusals
}

function whyDocument(
  project: Project,
  explained: Explanation,
  { command, refusals }: Mending,
): object {
  const [keyOf, rangesOf] = [keysOf(project), rangeDocuments(project)]
  const { asset, partition, status, roots, path } = explained
  return {
    asset,
    partition: keyOf(asset, partition),
    ...statusDocument(project, status),
    roots: roots.map((root) => ({
      asset: root.asset,
      partitions: rangesOf(root.asset, root.partitions),
      ...statusDocument(project, root.status),
      causes: causeDocuments(project, root.causes),
      text: `${root.asset} ${rootText(project.graph, root)}`,
      refusal: refusalDocument(refusals.get(root.asset)),
    })),
    path: path.map((stop) => ({
      asset: stop.asset,
      partition: keyOf(stop.asset, stop.partition),
      status: stop.status.kind,
    })),
    command: status.kind === "fresh" ? null : command,
  }
}

function refusalDocument(refusal: Refusal | undefined): object | null {
  if (refusal === undefined) return null
  const checks = refusal.checks.map(({ asset, name, demand, failures, sample }) => ({
    asset,
    name,
    description: demand ?? null,
    failures,
    sample,
  }))
  return { partition: refusal.key, checks, kept: refusal.kept }
}

function neverStale(name: string): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` is a source: its files are what they are, and never stale.`,
    hint: `\`freshet status ${name}+\` shows what reads it.`,
  }
  return new ProblemsError("usage", [problem])
}
