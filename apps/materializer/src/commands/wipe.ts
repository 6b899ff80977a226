import { countPartitions, type Problem, ProblemsError } from "@freshet/core/engine"
import {
  createRangeConverter,
  formatCommand,
  hasPartitionArguments,
  type PartitionArguments,
  resolveRange,
  resolveTargets,
  selectAsset,
  type Services,
  sourceProblem,
  wipeAssetPartitions,
  usageError,
  type WipeReport,
  type WipeRequest,
} from "@freshet/services"

import { formatWipeReport } from "../render/wipe-report.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface WipeFlags extends PartitionArguments {
  readonly all: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  readonly wait: boolean
  readonly json: boolean
}

/** Forgets what was made of some partitions of an asset, so that they count as never made. */
export async function wipe(cli: CommandLine, flags: WipeFlags, name: string): Promise<number> {
  requireClearRequest(cli, flags, name)
  const services = await loadServices(cli)
  if (!flags.dryRun && !(await confirmWipe(cli, services, flags, name))) {
    await printLines(cli.err, ["Nothing was forgotten."])
    return exitCodes.done
  }
  cli.interruption.watch("Stopping: all is forgotten, or nothing.")
  const report = await wipeAssetPartitions(services, createWipeRequest(flags, name))
  await (flags.json
    ? printJson(cli.out, toWipeDocument(report, flags.dryRun))
    : printWipeReport(cli, flags, name, report))
  if (flags.dryRun) await printLines(cli.err, ["A dry run: nothing was done."])
  return exitCodes.done
}

function requireClearRequest({ confirm }: CommandLine, flags: WipeFlags, name: string): void {
  const problems: Problem[] = []
  if (!flags.all && !hasPartitionArguments(flags))
    problems.push({
      kind: "usage",
      message: "Say which partitions are to be forgotten.",
      hint: `For example \`freshet forget ${name} --date 2026-01-05\`, or --from … --to …, or --partition KEY; all that there are with --all.`,
    })
  if (flags.all && hasPartitionArguments(flags))
    problems.push({
      kind: "usage",
      message:
        "--all means every partition; with --date, --from, --to or --partition it means nothing.",
      hint: "Leave one of them away.",
    })
  if (problems.length === 0 && confirm === undefined && !flags.yes && !flags.dryRun)
    problems.push({
      kind: "usage",
      message: "Nobody is there to be asked whether this may be forgotten.",
      hint: "--yes says so; --dry-run tells what it would mean.",
    })
  if (problems.length > 0) throw new ProblemsError("usage", problems)
}

function createWipeRequest(flags: WipeFlags, name: string): WipeRequest {
  return {
    dryRun: flags.dryRun,
    wait: flags.wait,
    choosePartitions: (project) => {
      const asset = selectAsset(project, name)
      if (asset.kind === "source") throw usageError(sourceProblem([asset]))
      const range = flags.all ? { from: -Infinity, to: Infinity } : resolveRange(asset, flags)
      return { asset, range }
    },
    onNothing: (project) => {
      if (!flags.all) resolveTargets(project, [selectAsset(project, name).name], flags)
    },
  }
}

/** A person at a terminal sees first what it means. */
async function confirmWipe(
  cli: CommandLine,
  services: Services,
  flags: WipeFlags,
  name: string,
): Promise<boolean> {
  const { confirm } = cli
  if (flags.yes || confirm === undefined) return true
  const request = createWipeRequest({ ...flags, dryRun: true }, name)
  const preview = await wipeAssetPartitions(services, request)
  if (preview.materializations === 0) return true
  await printLines(cli.err, formatWipeReport(preview, true, undefined, cli.err.style))
  return confirm(`Forget ${countPartitions(preview.partitions) === 1 ? "this" : "these"}?`)
}

function printWipeReport(
  cli: CommandLine,
  flags: WipeFlags,
  name: string,
  report: WipeReport,
): Promise<void> {
  const { date, from, to, partition, dryRun } = flags
  const backfillCommand = flags.all
    ? undefined
    : formatCommand("freshet backfill", [name], { date, from, to, partition })
  return printLines(cli.out, formatWipeReport(report, dryRun, backfillCommand, cli.out.style))
}

function toWipeDocument(report: WipeReport, isDryRun: boolean): object {
  const { project, assets, partitions, materializations, files, bytes } = report
  const toRangeDocuments = createRangeConverter(project)
  const findOutput = (computation: string) =>
    project.graph.computations.find(({ name }) => name === computation)?.outputs[0]?.asset ?? ""
  return {
    dry_run: isDryRun,
    assets,
    partitions: toRangeDocuments(assets[0] ?? "", partitions),
    count: countPartitions(partitions),
    materializations,
    files,
    bytes,
    becomes_stale: [...report.becomesStale].map(([computation, ranges]) => ({
      computation,
      partitions: toRangeDocuments(findOutput(computation), ranges),
      count: countPartitions(ranges),
    })),
    made_from_it: [...report.readers].map(([asset, ranges]) => ({
      asset,
      partitions: toRangeDocuments(asset, ranges),
      count: countPartitions(ranges),
    })),
    still_published: report.published.map(({ set, partitionKey }) => ({
      set,
      partition: partitionKey,
    })),
  }
}
