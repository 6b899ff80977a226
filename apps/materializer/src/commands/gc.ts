import { collectGarbage } from "@freshet/services"

import { formatGarbage } from "../render/garbage.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { canAsk, confirmChange, requireConfirmable } from "../terminal/confirm.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface GcFlags {
  readonly dryRun: boolean
  /** In milliseconds. */
  readonly grace: number
  /** Drops orphaned tables. */
  readonly unpublish: boolean
  readonly yes: boolean
  readonly wait: boolean
  readonly json: boolean
}

/** Deletes expired materializations and orphaned files; a person at a terminal confirms first. */
export async function gc(cli: CommandLine, flags: GcFlags): Promise<number> {
  const { dryRun, grace: graceMs, unpublish, wait, json } = flags
  if (unpublish && !dryRun) requireConfirmable(cli, flags)
  const services = await loadServices(cli)
  const collect = (isDryRun: boolean) =>
    collectGarbage(services, { graceMs, unpublish, dryRun: isDryRun, wait })
  if (!dryRun && canAsk(cli, flags)) {
    const preview = await collect(true)
    const isConfirmed =
      preview.removed.length + preview.unpublished.length + preview.expired_records.length === 0 ||
      (await confirmChange(cli, {
        ...flags,
        lines: formatGarbage(preview, cli.err.style),
        question: "Delete this?",
        refusal: "Nothing was deleted.",
      }))
    if (!isConfirmed) return exitCodes.done
  }
  cli.interruption.watch("Stopping: the next collection deletes the rest.")
  const document = await collect(dryRun)
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatGarbage(document, cli.out.style)))
  if (dryRun) await printLines(cli.err, ["Dry run: nothing was deleted."])
  return exitCodes.done
}
