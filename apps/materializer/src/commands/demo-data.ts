import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"

import { FreshetError } from "@freshet/core"

import { type DemoDataScale } from "../demo-data/demo-data-options.ts"
import type { DemoDataFile, DemoDataSummary } from "../demo-data/demo-data-summary.ts"
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
  readonly group?: DemoDataGroup
  readonly json: boolean
}

/** A group of assets that data can be made up for. */
export type DemoDataGroup = "stocktwits" | "movies"

/** What was made up, group by group. */
export interface DemoDataLanded {
  readonly stocktwits: DemoDataSummary | undefined
  readonly movies: readonly DemoDataFile[] | undefined
}

/** Fills the landing zone with made-up activity and films. */
export async function demoData(cli: CommandLine, flags: DemoDataFlags): Promise<number> {
  const landing =
    flags.landing === undefined ? (await cli.loadConfig()).landing : resolve(cli.cwd, flags.landing)
  cli.interruption.watch("Stopping after this day.")
  const landed = await landDemoData(cli, flags, landing)
  await (flags.json
    ? printJson(cli.out, { landing, ...landedDocument(landed) })
    : printLines(cli.out, demoDataLines(landed, landing)))
  return exitCodes.done
}

type Making = Omit<DemoDataFlags, "json" | "landing">

/** Writes made-up files into a landing zone and shows how far it is. */
export async function landDemoData(
  cli: CommandLine,
  flags: Making,
  landing: string,
): Promise<DemoDataLanded> {
  const { group, clean } = flags
  const making = async <T>(name: DemoDataGroup, make: () => Promise<T>): Promise<T | undefined> => {
    if (group !== undefined && group !== name) return undefined
    if (clean) await rm(join(landing, name), { recursive: true, force: true })
    return make()
  }
  return {
    stocktwits: await making("stocktwits", () => landActivity(cli, flags, landing)),
    movies: await making("movies", () => landFilms(cli, flags, landing)),
  }
}

async function landActivity(
  cli: CommandLine,
  { days, scale, seed, until }: Making,
  landing: string,
): Promise<DemoDataSummary> {
  const { writeDemoData } = await import("../demo-data/write-demo-data.ts")
  const options = { days, scale, seed, until, landing, malformed: true, gaps: true }
  return withRegion(cli, (draw) =>
    writeDemoData(options, ({ day, index }) => {
      if (cli.interruption.signal.aborted)
        throw new FreshetError("interrupted", "Interrupted. The days written so far are whole.")
      draw(`Making up ${day}: day ${index} of ${days}`)
    }),
  )
}

async function landFilms(
  cli: CommandLine,
  { scale, seed }: Making,
  landing: string,
): Promise<readonly DemoDataFile[]> {
  const { writeDemoFilms } = await import("../demo-films/write-demo-films.ts")
  const { demoFilmsSizes } = await import("../demo-films/demo-films-sizes.ts")
  return withRegion(cli, (draw) =>
    writeDemoFilms({ seed, sizes: demoFilmsSizes[scale], landing }, (path) => {
      if (cli.interruption.signal.aborted)
        throw new FreshetError("interrupted", "Interrupted. The files written so far are whole.")
      draw(`Making up ${path}`)
    }),
  )
}

async function withRegion<T>(
  cli: CommandLine,
  work: (draw: (line: string) => void) => Promise<T>,
): Promise<T> {
  const region = liveRegion(cli.err)
  try {
    return await work((line) => {
      if (cli.err.isTerminal) region.draw([line])
    })
  } finally {
    region.close()
  }
}

function landedDocument({ stocktwits, movies }: DemoDataLanded): object {
  return {
    ...(stocktwits === undefined ? {} : activityDocument(stocktwits)),
    ...(movies === undefined ? {} : { movies: { files: movies.length, bytes: bytesOf(movies) } }),
  }
}

function activityDocument({
  files,
  bytes,
  events,
  malformed,
  missingDays,
}: DemoDataSummary): object {
  return { files: files.length, bytes, events, malformed, missing_days: missingDays }
}

function bytesOf(files: readonly DemoDataFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** What was made up, in words. */
export function demoDataLines(
  { stocktwits, movies }: DemoDataLanded,
  landing: string,
): readonly string[] {
  const files = [...(stocktwits?.files ?? []), ...(movies ?? [])]
  return [
    `Landed ${counted(files.length, "file")} (${bytesText(bytesOf(files))}) in ${landing}.`,
    ...(stocktwits === undefined ? [] : activityLines(stocktwits)),
    ...(movies === undefined
      ? []
      : ["Films: made up, but for the price index, which is as it was published."]),
  ]
}

function activityLines({ events, malformed, missingDays }: DemoDataSummary): readonly string[] {
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((total, each) => total + each, 0)
  const actions = Object.entries(events).map(([action, many]) => `${count(many)} ${action}`)
  return [
    `${counted(sum(events), "event")}: ${actions.join(", ")}; ${counted(sum(malformed), "malformed line")}.`,
    ...(missingDays.length > 0 ? [`No activity landed on ${missingDays.join(", ")}.`] : []),
  ]
}
