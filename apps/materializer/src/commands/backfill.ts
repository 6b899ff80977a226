import { ProblemsError } from "@freshet/core/engine"
import {
  formatCommand,
  hasPartitionArguments,
  type OnlyState,
  type PartitionArguments,
  pickPartitionArguments,
  recompute,
} from "@freshet/services"

import { formatRecomputation } from "../render/verification.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { createPathFormatter } from "../terminal/paths.ts"
import { type RunFlags, runAndPrint, type SaveFlags } from "../terminal/run-and-print.ts"
import { withVerificationProgress } from "../terminal/verification-progress.ts"

export interface BackfillFlags extends RunFlags, SaveFlags, PartitionArguments {
  readonly only?: OnlyState
  readonly repin: boolean
  readonly downstream: boolean
  readonly inputs: "current" | "recorded"
}

/** Materializes past partitions of one asset, or recomputes them from their recorded inputs. */
export async function backfill(
  cli: CommandLine,
  flags: BackfillFlags,
  asset: string,
): Promise<number> {
  requirePartitions(flags, asset)
  if (flags.inputs === "recorded") return recomputeRecorded(cli, flags, asset)
  const { only, repin, downstream } = flags
  const partitions = pickPartitionArguments(flags)
  return runAndPrint(cli, flags, {
    command: formatCommand("freshet backfill", [asset], flags),
    target: { kind: "backfill", asset, partitions, only, repin, downstream },
  })
}

function requirePartitions(flags: BackfillFlags, asset: string): void {
  if (hasPartitionArguments(flags)) return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: "A backfill has no default range: name the partitions.",
      hint: `Add --date YYYY-MM-DD, --from … --to … or --partition KEY; \`freshet materialize ${asset}\` materializes the newest one.`,
    },
  ])
}

async function recomputeRecorded(
  cli: CommandLine,
  flags: BackfillFlags,
  asset: string,
): Promise<number> {
  rejectUnsupportedFlags(flags)
  cli.interruption.watch("Stopping.")
  const request = { asset, partitions: pickPartitionArguments(flags) }
  const document = await withVerificationProgress(cli, asset, (services) =>
    recompute(services, request),
  )
  await (flags.json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatRecomputation(document, createPathFormatter(cli), cli.out.style)))
  const isSame = document.partitions.every(({ outcome }) => outcome === "same")
  return isSame ? exitCodes.done : exitCodes.differs
}

/** Rejects the flags of a run, because a recomputation plans, stores and publishes nothing. */
function rejectUnsupportedFlags({
  only,
  repin,
  downstream,
  dryRun,
  jsonl,
  save,
}: BackfillFlags): void {
  const flagNames = [
    only === undefined ? [] : ["--only"],
    repin ? ["--repin"] : [],
    downstream ? ["--downstream"] : [],
    dryRun ? ["--dry-run"] : [],
    jsonl ? ["--jsonl"] : [],
    save === undefined ? [] : ["--save"],
  ].flat()
  if (flagNames.length === 0) return
  throw new ProblemsError("usage", [
    {
      kind: "usage",
      message: `--inputs recorded cannot be combined with ${flagNames.join(" and ")}: partitions are recomputed, compared and discarded.`,
      hint: "Omit one of them.",
    },
  ])
}
