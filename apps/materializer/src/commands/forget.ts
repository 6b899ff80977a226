import { type Problem, partitionCount, ProblemsError } from "@freshet/core"

import type { Config } from "../config.ts"
import type { Forgetting, ForgetRequest } from "../project/forget-partitions.ts"
import { forgettingLines } from "../render/forgetting-lines.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { commandText } from "./command-text.ts"
import { exitCodes } from "./exit-code.ts"
import { rangeDocuments } from "./plan-document.ts"
import { namedAsset } from "./select.ts"
import { sourceProblem, usage } from "./target-problems.ts"
import { isNaming, type PartitionFlags, rangeNamed, targetsOf } from "./targets.ts"

export interface ForgetFlags extends PartitionFlags {
  readonly all: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  readonly wait: boolean
  readonly json: boolean
}

/** Forgets what was made of some partitions of an asset, so that they count as never made. */
export async function forget(cli: CommandLine, flags: ForgetFlags, name: string): Promise<number> {
  refuseUnclear(cli, flags, name)
  const config = await cli.loadConfig()
  if (!flags.dryRun && !(await isAgreed(cli, config, flags, name))) {
    await printLines(cli.err, ["Nothing was forgotten."])
    return exitCodes.done
  }
  cli.interruption.watch("Stopping: all is forgotten, or nothing.")
  const forgetting = await cli.world.forgetPartitions(config, requestOf(cli, flags, name))
  await (flags.json
    ? printJson(cli.out, forgettingDocument(forgetting, flags.dryRun))
    : tell(cli, flags, name, forgetting))
  if (flags.dryRun) await printLines(cli.err, ["A dry run: nothing was done."])
  return exitCodes.done
}

function refuseUnclear({ ask }: CommandLine, flags: ForgetFlags, name: string): void {
  const problems: Problem[] = []
  if (!flags.all && !isNaming(flags))
    problems.push({
      kind: "usage",
      message: "Say which partitions are to be forgotten.",
      hint: `For example \`freshet forget ${name} --date 2026-01-05\`, or --from … --to …, or --partition KEY; all that there are with --all.`,
    })
  if (flags.all && isNaming(flags))
    problems.push({
      kind: "usage",
      message:
        "--all means every partition; with --date, --from, --to or --partition it means nothing.",
      hint: "Leave one of them away.",
    })
  if (problems.length === 0 && ask === undefined && !flags.yes && !flags.dryRun)
    problems.push({
      kind: "usage",
      message: "Nobody is there to be asked whether this may be forgotten.",
      hint: "--yes says so; --dry-run tells what it would mean.",
    })
  if (problems.length > 0) throw new ProblemsError("usage", problems)
}

function requestOf(cli: CommandLine, flags: ForgetFlags, name: string): ForgetRequest {
  return {
    dryRun: flags.dryRun,
    wait: flags.wait,
    onWait: (holder) => void printLines(cli.err, [`Waiting for another run to end: ${holder}.`]),
    signal: cli.interruption.signal,
    choose: (project) => {
      const asset = namedAsset(project, name)
      if (asset.kind === "source") throw usage(sourceProblem([asset]))
      const range = flags.all ? { from: -Infinity, to: Infinity } : rangeNamed(asset, flags)
      return { asset, range }
    },
    onNothing: (project) => {
      if (!flags.all) targetsOf(project, [namedAsset(project, name).name], flags)
    },
  }
}

/** A person at a terminal sees first what it means. */
async function isAgreed(
  cli: CommandLine,
  config: Config,
  flags: ForgetFlags,
  name: string,
): Promise<boolean> {
  const { ask } = cli
  if (flags.yes || ask === undefined) return true
  const request = requestOf(cli, { ...flags, dryRun: true }, name)
  const preview = await cli.world.forgetPartitions(config, request)
  if (preview.materializations === 0) return true
  await printLines(cli.err, forgettingLines(preview, true, undefined, cli.err.look))
  return ask(`Forget ${partitionCount(preview.partitions) === 1 ? "this" : "these"}?`)
}

function tell(
  cli: CommandLine,
  flags: ForgetFlags,
  name: string,
  forgetting: Forgetting,
): Promise<void> {
  const { date, from, to, partition, dryRun } = flags
  const again = flags.all
    ? undefined
    : commandText("freshet backfill", [name], { date, from, to, partition })
  return printLines(cli.out, forgettingLines(forgetting, dryRun, again, cli.out.look))
}

function forgettingDocument(forgetting: Forgetting, isDryRun: boolean): object {
  const { project, assets, partitions, materializations, files, bytes } = forgetting
  const rangesOf = rangeDocuments(project)
  const outputOf = (computation: string) =>
    project.graph.computations.find(({ name }) => name === computation)?.outputs[0]?.asset ?? ""
  return {
    dry_run: isDryRun,
    assets,
    partitions: rangesOf(assets[0] ?? "", partitions),
    count: partitionCount(partitions),
    materializations,
    files,
    bytes,
    becomes_stale: [...forgetting.stale].map(([computation, ranges]) => ({
      computation,
      partitions: rangesOf(outputOf(computation), ranges),
      count: partitionCount(ranges),
    })),
    made_from_it: [...forgetting.readers].map(([asset, ranges]) => ({
      asset,
      partitions: rangesOf(asset, ranges),
      count: partitionCount(ranges),
    })),
    still_published: forgetting.published.map(({ set, partitionKey }) => ({
      set,
      partition: partitionKey,
    })),
  }
}
