import type { Config, GarbageCollectionRequest, GarbageReport } from "@freshet/services"

import { summarizeCollection, formatCollection } from "../render/garbage-collection.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"

export interface GcFlags {
  readonly dryRun: boolean
  /** In milliseconds. */
  readonly grace: number
  readonly yes: boolean
  readonly wait: boolean
  readonly json: boolean
}

/** Clears away what need not be kept: materializations first, then the files that nothing refers to. */
export async function gc(cli: CommandLine, flags: GcFlags): Promise<number> {
  const config = await cli.loadConfig()
  if (!flags.dryRun && !(await confirmCollection(cli, config, flags))) {
    await printLines(cli.err, ["Nothing was removed."])
    return exitCodes.done
  }
  cli.interruption.watch("Stopping: what is left goes the next time.")
  const report = await cli.services.collectGarbage(
    config,
    createCollectionRequest(cli, flags, flags.dryRun),
  )
  await (flags.json
    ? printJson(cli.out, toCollectionDocument(report, flags.dryRun))
    : printLines(cli.out, formatCollection(report, flags.dryRun, cli.out.style)))
  if (flags.dryRun) await printLines(cli.err, ["A dry run: nothing was done."])
  return exitCodes.done
}

function createCollectionRequest(
  cli: CommandLine,
  flags: GcFlags,
  dryRun: boolean,
): GarbageCollectionRequest {
  return {
    graceMs: flags.grace,
    dryRun,
    wait: flags.wait,
    onWait: (lockOwner) =>
      void printLines(cli.err, [`Waiting for another run to end: ${lockOwner}.`]),
    signal: cli.interruption.signal,
  }
}

/** A person at a terminal sees first what would go. */
async function confirmCollection(
  cli: CommandLine,
  config: Config,
  flags: GcFlags,
): Promise<boolean> {
  const { confirm } = cli
  if (flags.yes || confirm === undefined) return true
  const preview = await cli.services.collectGarbage(
    config,
    createCollectionRequest(cli, flags, true),
  )
  if (summarizeCollection(preview).length === 0) return true
  await printLines(cli.err, formatCollection(preview, true, cli.err.style))
  return confirm("Clear this away?")
}

function toCollectionDocument(report: GarbageReport, isDryRun: boolean): object {
  const rows = summarizeCollection(report)
  const sum = (getCount: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, row) => total + getCount(row), 0)
  return {
    dry_run: isDryRun,
    materializations: sum((row) => row.materializations),
    files: sum((row) => row.files),
    bytes: sum((row) => row.bytes),
    removed: rows,
    left_alone: report.unknownCount,
  }
}
