import type { Asset } from "@freshet/core"
import {
  buildPlan,
  findFailedUpstream,
  getAsset,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"
import {
  type CheckFailure,
  createKeyFormatter,
  createRangeConverter,
  explainPartition,
  findRepresentative,
  formatFixCommand,
  type PartitionExplanation,
  planWithExistingFiles,
  type Project,
  readCheckFailure,
  resolvePartition,
  selectAsset,
  toCauseDocuments,
  toStatusDocument,
} from "@freshet/services"

import { type StalenessRemedy, formatRootCause, formatExplanation } from "../render/explanation.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface WhyFlags {
  readonly partition?: string
  readonly json: boolean
}

/** Says why a partition is as it is: the root cause first, then the way from there, then what mends it. */
export async function why(cli: CommandLine, flags: WhyFlags, name: string): Promise<number> {
  const services = await loadServices(cli)
  return services.withProject({}, async (initialProject) => {
    const asset = selectAsset(initialProject, name)
    if (asset.kind === "source") throw neverStaleError(name)
    const partition = resolveExplainedPartition(initialProject, asset, flags.partition)
    const targets = new Map([[asset.name, [{ from: partition, to: partition }]]])
    const projectPlan = await planWithExistingFiles(initialProject, ({ evaluation, hash }) =>
      buildPlan(evaluation, { targets, publish: false }, hash),
    )
    const { project } = projectPlan
    const explanation = await explainPartition(projectPlan, asset, partition)
    const fixCommand = formatFixCommand(project.evaluation, asset, partition)
    const { commandFlag } = cli.out
    const command = commandFlag === undefined ? fixCommand : `${fixCommand} ${commandFlag}`
    const checkFailures = await readRootCheckFailures(cli, project, explanation)
    await (flags.json
      ? printJson(cli.out, toWhyDocument(project, explanation, { command, checkFailures }))
      : printLines(
          cli.out,
          formatExplanation(project.graph, explanation, { command, checkFailures }, cli.out.style),
        ))
    return exitCodes.done
  })
}

/** The one that is named; else the one by which the asset is judged as a whole. */
function resolveExplainedPartition(
  project: Project,
  asset: Asset,
  key: string | undefined,
): number {
  const representative =
    key === undefined ? findRepresentative(project.evaluation, asset) : undefined
  return representative ?? resolvePartition(project, asset, key)
}

/** What checks refused where it begins: of each root's newest partition, and of the rows that it stands on. */
async function readRootCheckFailures(
  cli: CommandLine,
  project: Project,
  { asset, partition, status, roots }: PartitionExplanation,
): Promise<ReadonlyMap<string, CheckFailure>> {
  const target = { asset, partitions: [{ from: partition, to: partition }] }
  const origins = status.kind === "fresh" ? [target] : roots
  const checkFailures = new Map<string, CheckFailure>()
  for (const origin of origins) {
    const index = origin.partitions.at(-1)?.to
    if (index === undefined) continue
    const assetPartition = {
      asset: origin.asset,
      partition: index,
      key: createKeyFormatter(project)(origin.asset, index),
    }
    const { computation } = getAsset(project.graph, origin.asset)
    const blocker = findFailedUpstream(project.evaluation, { computation, partition: index })
    for (const rows of blocker === undefined ? [assetPartition] : [assetPartition, blocker]) {
      const checkFailure = await readCheckFailure(cli, project, rows)
      if (checkFailure !== undefined) checkFailures.set(rows.asset, checkFailure)
    }
  }
  return checkFailures
}

function toWhyDocument(
  project: Project,
  explanation: PartitionExplanation,
  { command, checkFailures }: StalenessRemedy,
): object {
  const [formatKey, toRangeDocuments] = [createKeyFormatter(project), createRangeConverter(project)]
  const { asset, partition, status, roots, path } = explanation
  return {
    asset,
    partition: formatKey(asset, partition),
    ...toStatusDocument(project, status),
    roots: roots.map((root) => ({
      asset: root.asset,
      partitions: toRangeDocuments(root.asset, root.partitions),
      ...toStatusDocument(project, root.status),
      causes: toCauseDocuments(project, root.causes),
      text: `${root.asset} ${formatRootCause(project.graph, root)}`,
      refusal: toCheckFailureDocument(checkFailures.get(root.asset)),
    })),
    path: path.map((stop) => ({
      asset: stop.asset,
      partition: formatKey(stop.asset, stop.partition),
      status: stop.status.kind,
    })),
    command: status.kind === "fresh" ? null : command,
  }
}

function toCheckFailureDocument(checkFailure: CheckFailure | undefined): object | null {
  if (checkFailure === undefined) return null
  const checks = checkFailure.checks.map(({ asset, name, requirement, failures, sample }) => ({
    asset,
    name,
    description: requirement ?? null,
    failures,
    sample,
  }))
  return { partition: checkFailure.key, checks, kept: checkFailure.failedRowPaths }
}

function neverStaleError(name: string): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` is a source: its files are what they are, and never stale.`,
    hint: `\`freshet status ${name}+\` shows what reads it.`,
  }
  return new ProblemsError("usage", [problem])
}
