import { readStatus, type StateFilter, type StatusDocument } from "@freshet/services"

import { formatWarnings } from "../render/problems.ts"
import { formatStatus } from "../render/status.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface StatusFlags extends Readonly<Record<StateFilter, boolean>> {
  /** The previous name of `overdue`. */
  readonly late: boolean
  readonly exitCode: boolean
  readonly json: boolean
}

const stateFilters = ["stale", "failed", "missing", "overdue"] as const

/** Prints the state of every selected asset. */
export async function status(
  cli: CommandLine,
  { late, ...flags }: StatusFlags,
  ...selection: readonly string[]
): Promise<number> {
  const filters = { ...flags, overdue: flags.overdue || late }
  const states = stateFilters.filter((state) => filters[state])
  const document = await readStatus(await loadServices(cli), { selection, states })
  await printLines(cli.err, formatWarnings(document.warnings, cli.err.style))
  await (flags.json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatStatus(document, cli.out.style)))
  return flags.exitCode && needsAttention(document) ? exitCodes.notFresh : exitCodes.done
}

function needsAttention({ summary }: StatusDocument): boolean {
  return summary.fresh < summary.assets || summary.overdue > 0
}
