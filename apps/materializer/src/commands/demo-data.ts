import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"

import { FreshetError } from "@freshet/core"

import { type DemoDataScale } from "../demo-data/demo-data-options.ts"
import type { DemoDataSummary } from "../demo-data/demo-data-summary.ts"
import { bytesText, count, counted } from "../render/amount.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { liveRegion } from "./live-region.ts"

/** The day with which made-up data ends, unless told otherwise: the same bytes whenever it is run. */
export const demoUntil = "2026-01-10"

export interface DemoDataFlags {
  readonly days: number
  readonly scale: DemoDataScale
  readonly seed: number
  readonly until: string
  readonly landing?: string
  readonly clean: boolean
  readonly json: boolean
}

/** Fills the landing zone with made-up activity. */
export async function demoData(cli: CommandLine, flags: DemoDataFlags): Promise<number> {
  const landing =
    flags.landing === undefined ? (await cli.loadConfig()).landing : resolve(cli.cwd, flags.landing)
  cli.interruption.watch("Stopping after this day.")
  const summary = await landDemoData(cli, flags, landing)
  await (flags.json
    ? printJson(cli.out, { landing, ...summaryDocument(summary) })
    : printLines(cli.out, demoDataLines(summary, landing)))
  return exitCodes.done
}

/** Writes made-up files into a landing zone and shows how far it is. */
export async function landDemoData(
  cli: CommandLine,
  { days, scale, seed, until, clean }: Omit<DemoDataFlags, "json">,
  landing: string,
): Promise<DemoDataSummary> {
  const { writeDemoData } = await import("../demo-data/write-demo-data.ts")
  if (clean) await rm(join(landing, "stocktwits"), { recursive: true, force: true })
  const region = liveRegion(cli.err)
  const options = { days, scale, seed, until, landing, malformed: true, gaps: true }
  try {
    return await writeDemoData(options, ({ day, index }) => {
      if (cli.interruption.signal.aborted)
        throw new FreshetError("interrupted", "Interrupted. The days written so far are whole.")
      if (cli.err.isTerminal) region.draw([`Making up ${day}: day ${index} of ${days}`])
    })
  } finally {
    region.close()
  }
}

function summaryDocument({
  files,
  bytes,
  events,
  malformed,
  missingDays,
}: DemoDataSummary): object {
  return { files: files.length, bytes, events, malformed, missing_days: missingDays }
}

/** What was made up, in words. */
export function demoDataLines(summary: DemoDataSummary, landing: string): readonly string[] {
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((total, each) => total + each, 0)
  const actions = Object.entries(summary.events).map(([action, many]) => `${count(many)} ${action}`)
  const { files, bytes, missingDays, malformed } = summary
  return [
    `Landed ${counted(files.length, "file")} (${bytesText(bytes)}) in ${landing}.`,
    `${counted(sum(summary.events), "event")}: ${actions.join(", ")}; ${counted(sum(malformed), "malformed line")}.`,
    ...(missingDays.length > 0 ? [`No activity landed on ${missingDays.join(", ")}.`] : []),
  ]
}
