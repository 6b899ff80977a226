import type { Asset } from "@freshet/core"
import {
  countPartitions,
  formatCount,
  formatPartitionKey,
  formatQuantity,
  listPartitions,
  ProblemsError,
  type RowsChange,
} from "@freshet/core/engine"
import {
  type Project,
  recomputePartition,
  type RecomputeResult,
  resolveTargets,
  selectAsset,
  sourceProblem,
  usageError,
} from "@freshet/services"

import type { BackfillFlags } from "../commands/backfill.ts"
import { createPathFormatters } from "../commands/verify.ts"
import { describeMismatch, type ReproducibilityFinding } from "../render/reproducibility-finding.ts"
import { formatFinding, formatVerificationProgress } from "../render/verification.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { loadServices } from "./load-services.ts"
import { withProgressLine } from "./progress-line.ts"
import { type TerminalStyle, paint, getSign } from "./terminal-style.ts"

/** One partition, and what came of making it again. */
interface RecomputedPartition {
  readonly key: string
  readonly result: RecomputeResult
  /** Undefined for the same rows. */
  readonly text: ReproducibilityFinding | undefined
}

/** Makes partitions again from exactly what their recorded materializations read, says whether they came out the same, and keeps nothing. */
export async function recomputeRecorded(
  cli: CommandLine,
  flags: BackfillFlags,
  name: string,
): Promise<number> {
  rejectUnsupportedFlags(flags)
  const services = await loadServices(cli)
  cli.interruption.watch("Stopping.")
  return services.withProject({ engine: "recompute" }, async (project) => {
    const asset = selectAsset(project, name)
    if (asset.kind === "source") throw usageError(sourceProblem([asset]))
    const partitions = await recomputeAll(cli, flags, project, asset)
    await (flags.json
      ? printJson(cli.out, toRecomputeDocument(asset, partitions))
      : printLines(cli.out, formatRecomputed(asset, partitions, cli.out.style)))
    const isSame = partitions.every(({ result }) => result.kind === "same")
    return isSame ? exitCodes.done : exitCodes.differs
  })
}

/** Nothing is planned, made or published, so whatever is about that means nothing. */
function rejectUnsupportedFlags({ only, downstream, dryRun, jsonl, save }: BackfillFlags): void {
  const flagNames = [
    only === undefined ? [] : ["--only"],
    downstream ? ["--downstream"] : [],
    dryRun ? ["--dry-run"] : [],
    save === undefined ? [] : ["--save"],
    jsonl ? ["--jsonl"] : [],
    save === undefined ? [] : ["--save"],
  ].flat()
  if (flagNames.length === 0) return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: `With --inputs recorded ${flagNames.join(" and ")} ${flagNames.length === 1 ? "means" : "mean"} nothing: partitions are made again, compared and thrown away.`,
      hint: "Leave it away, or leave --inputs away to make what is not up to date.",
    },
  ])
}

async function recomputeAll(
  cli: CommandLine,
  flags: BackfillFlags,
  project: Project,
  asset: Asset,
): Promise<readonly RecomputedPartition[]> {
  const { graph } = project
  const { computation, partitions } = asset
  const ranges = resolveTargets(project, [asset.name], flags).get(asset.name) ?? []
  const total = countPartitions(ranges)
  const startedMs = cli.nowMs()
  const recomputedPartitions: RecomputedPartition[] = []
  const formatLine = (done: number, columns: number | undefined) => {
    const style = { ...cli.err.style, columns }
    const progress = { phase: "partitions", done, total } as const
    return formatVerificationProgress(asset.name, progress, cli.nowMs() - startedMs, style)
  }
  return withProgressLine(cli, formatLine, async (showProgress) => {
    for (const partition of listPartitions(ranges)) {
      showProgress(recomputedPartitions.length)
      const result = await recomputePartition(project, computation, partition)
      const place = { graph, computation, partition, ...createPathFormatters(cli, project) }
      const text = result.kind === "same" ? undefined : describeMismatch(result, place)
      recomputedPartitions.push({ key: formatPartitionKey(partitions, partition), result, text })
    }
    return recomputedPartitions
  })
}

function formatRecomputed(
  asset: Asset,
  recomputedPartitions: readonly RecomputedPartition[],
  style: TerminalStyle,
): readonly string[] {
  const samePartitions = recomputedPartitions.filter(({ result }) => result.kind === "same")
  const isPartitioned = asset.partitions.kind !== "none"
  return [
    ...recomputedPartitions.flatMap(({ key, text }) =>
      text === undefined
        ? [
            `${paint(style, "good", getSign(style, "same"))} ${asset.name}${isPartitioned ? ` ${key}` : ""}: the same rows`,
          ]
        : formatFinding(text, style),
    ),
    `${formatCount(samePartitions.length)} of ${formatQuantity(recomputedPartitions.length, "partition")} came out the same from the recorded inputs; nothing was kept or published.`,
  ]
}

function toRecomputeDocument(
  { name }: Asset,
  recomputedPartitions: readonly RecomputedPartition[],
): object {
  return {
    asset: name,
    inputs: "recorded",
    partitions: recomputedPartitions.map(({ key, result, text }) => {
      const rows = findRowsChange(result)
      return {
        partition: key,
        outcome: result.kind,
        at_fault: text === undefined ? null : { asset: text.asset, partition: text.partition },
        message: text?.message ?? null,
        hint: text?.hint ?? null,
        rows_recorded: rows?.recordedRows ?? null,
        rows_found: rows?.recomputedRows ?? null,
      }
    }),
  }
}

function findRowsChange(result: RecomputeResult): RowsChange | undefined {
  return "rows" in result ? result.rows : undefined
}
