import { type Problem, ProblemsError } from "@freshet/core/engine"
import {
  hasPartitionArguments,
  type PartitionArguments,
  pickPartitionArguments,
  wipe as wipePartitions,
  type WipeDocument,
} from "@freshet/services"

import { formatWipe } from "../render/wipe.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { canAsk, confirmChange, requireConfirmable } from "../terminal/confirm.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface WipeFlags extends PartitionArguments {
  readonly all: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  readonly wait: boolean
  readonly json: boolean
}

/** Removes every record of some partitions of an asset, after a confirmation. */
export async function wipe(cli: CommandLine, flags: WipeFlags, asset: string): Promise<number> {
  requirePartitions(flags, asset)
  const { dryRun, wait, json } = flags
  if (!dryRun) requireConfirmable(cli, flags)
  const services = await loadServices(cli)
  const partitions = flags.all ? ("all" as const) : pickPartitionArguments(flags)
  const runWipe = (isDryRun: boolean) =>
    wipePartitions(services, { asset, partitions, dryRun: isDryRun, wait })
  if (!dryRun && canAsk(cli, flags) && !(await confirmWipe(cli, flags, await runWipe(true))))
    return exitCodes.done
  cli.interruption.watch("Stopping: either all records are wiped or none.")
  const document = await runWipe(dryRun)
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatWipe(document, cli.out.style)))
  if (dryRun) await printLines(cli.err, ["Dry run: nothing was wiped."])
  return exitCodes.done
}

function requirePartitions(flags: WipeFlags, asset: string): void {
  const hasArguments = hasPartitionArguments(flags)
  const problems: Problem[] = []
  if (!flags.all && !hasArguments)
    problems.push({
      kind: "usage",
      message: "Name the partitions to wipe.",
      hint: `Add --date YYYY-MM-DD, --from … --to … or --partition KEY; \`freshet wipe ${asset} --all\` wipes every partition.`,
    })
  if (flags.all && hasArguments)
    problems.push({
      kind: "usage",
      message: "--all cannot be combined with --date, --from, --to or --partition.",
      hint: "Omit one of them.",
    })
  if (problems.length > 0) throw new ProblemsError("usage", problems)
}

async function confirmWipe(
  cli: CommandLine,
  { yes }: WipeFlags,
  preview: WipeDocument,
): Promise<boolean> {
  if (preview.materializations === 0) return true
  return confirmChange(cli, {
    yes,
    lines: formatWipe(preview, cli.err.style),
    question: `Wipe ${preview.count === 1 ? "this partition" : "these partitions"}?`,
    refusal: "Nothing was wiped.",
  })
}
