import {
  collectGarbage,
  type GarbageCollectionRequest,
  type GarbageReport,
  type Services,
} from "@freshet/services"

import { summarizeCollection, formatCollection } from "../render/garbage-collection.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

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
  const services = await loadServices(cli)
  if (!flags.dryRun && !(await confirmCollection(cli, services, flags))) {
    await printLines(cli.err, ["Nothing was removed."])
    return exitCodes.done
  }
  cli.interruption.watch("Stopping: what is left goes the next time.")
  const report = await collectGarbage(services, createCollectionRequest(flags, flags.dryRun))
  await (flags.json
    ? printJson(cli.out, toCollectionDocument(report, flags.dryRun))
    : printLines(cli.out, formatCollection(report, flags.dryRun, cli.out.style)))
  if (flags.dryRun) await printLines(cli.err, ["A dry run: nothing was done."])
  return exitCodes.done
}

function createCollectionRequest(flags: GcFlags, dryRun: boolean): GarbageCollectionRequest {
  return {
    graceMs: flags.grace,
    dryRun,
    wait: flags.wait,
  }
}

/** A person at a terminal sees first what would go. */
async function confirmCollection(
  cli: CommandLine,
  services: Services,
  flags: GcFlags,
): Promise<boolean> {
  const { confirm } = cli
  if (flags.yes || confirm === undefined) return true
  const preview = await collectGarbage(services, createCollectionRequest(flags, true))
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
