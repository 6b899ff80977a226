import type { Config } from "../config.ts"
import type { Collection, CollectionRequest } from "../project/collect-garbage.ts"
import { collectedRows, collectionLines } from "../render/collection-lines.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"

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
  if (!flags.dryRun && !(await isAgreed(cli, config, flags))) {
    await printLines(cli.err, ["Nothing was removed."])
    return exitCodes.done
  }
  cli.interruption.watch("Stopping: what is left goes the next time.")
  const collection = await cli.world.collectGarbage(config, requestOf(cli, flags, flags.dryRun))
  await (flags.json
    ? printJson(cli.out, collectionDocument(collection, flags.dryRun))
    : printLines(cli.out, collectionLines(collection, flags.dryRun, cli.out.look)))
  if (flags.dryRun) await printLines(cli.err, ["A dry run: nothing was done."])
  return exitCodes.done
}

function requestOf(cli: CommandLine, flags: GcFlags, dryRun: boolean): CollectionRequest {
  return {
    graceMs: flags.grace,
    dryRun,
    wait: flags.wait,
    onWait: (holder) => void printLines(cli.err, [`Waiting for another run to end: ${holder}.`]),
    signal: cli.interruption.signal,
  }
}

/** A person at a terminal sees first what would go. */
async function isAgreed(cli: CommandLine, config: Config, flags: GcFlags): Promise<boolean> {
  const { ask } = cli
  if (flags.yes || ask === undefined) return true
  const preview = await cli.world.collectGarbage(config, requestOf(cli, flags, true))
  if (collectedRows(preview).length === 0) return true
  await printLines(cli.err, collectionLines(preview, true, cli.err.look))
  return ask("Clear this away?")
}

function collectionDocument(collection: Collection, isDryRun: boolean): object {
  const rows = collectedRows(collection)
  const sum = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((all, row) => all + of(row), 0)
  return {
    dry_run: isDryRun,
    materializations: sum((row) => row.materializations),
    files: sum((row) => row.files),
    bytes: sum((row) => row.bytes),
    removed: rows,
    left_alone: collection.strangers,
  }
}
