import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"

import { formatBytes, formatCount, formatQuantity, FreshetError } from "@freshet/core/engine"
import type { DemoFile, DemoScale, StocktwitsDemoSummary } from "@freshet/demo"

import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { createLiveRegion } from "../terminal/live-region.ts"

/** The day with which made-up data ends, unless told otherwise: the same bytes whenever it is run. */
export const demoEndDay = "2026-01-10"

export interface DemoDataFlags {
  readonly days: number
  readonly scale: DemoScale
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
export interface LandedDemoData {
  readonly stocktwits: StocktwitsDemoSummary | undefined
  readonly movies: readonly DemoFile[] | undefined
}

/** Fills the landing zone with made-up activity and films. */
export async function demoData(cli: CommandLine, flags: DemoDataFlags): Promise<number> {
  const landing =
    flags.landing === undefined ? (await cli.loadConfig()).landing : resolve(cli.cwd, flags.landing)
  cli.interruption.watch("Stopping after this day.")
  const landed = await landDemoData(cli, flags, landing)
  await (flags.json
    ? printJson(cli.out, { landing, ...toDemoDataDocument(landed) })
    : printLines(cli.out, formatDemoData(landed, landing)))
  return exitCodes.done
}

type DemoDataRequest = Omit<DemoDataFlags, "json" | "landing">

/** Writes made-up files into a landing zone and shows how far it is. */
export async function landDemoData(
  cli: CommandLine,
  flags: DemoDataRequest,
  landing: string,
): Promise<LandedDemoData> {
  const { group, clean } = flags
  const landGroup = async <T>(
    name: DemoDataGroup,
    landFiles: () => Promise<T>,
  ): Promise<T | undefined> => {
    if (group !== undefined && group !== name) return undefined
    if (clean) await rm(join(landing, name), { recursive: true, force: true })
    return landFiles()
  }
  return {
    stocktwits: await landGroup("stocktwits", () => landActivity(cli, flags, landing)),
    movies: await landGroup("movies", () => landFilms(cli, flags, landing)),
  }
}

async function landActivity(
  cli: CommandLine,
  { days, scale, seed, until }: DemoDataRequest,
  landing: string,
): Promise<StocktwitsDemoSummary> {
  const { writeStocktwits } = await import("@freshet/demo")
  const options = { days, scale, seed, until, landing, malformed: true, gaps: true }
  return withLiveLine(cli, (draw) =>
    writeStocktwits(options, ({ day, index }) => {
      if (cli.interruption.signal.aborted)
        throw new FreshetError("interrupted", "Interrupted. The days written so far are whole.")
      draw(`Making up ${day}: day ${index} of ${days}`)
    }),
  )
}

async function landFilms(
  cli: CommandLine,
  { scale, seed }: DemoDataRequest,
  landing: string,
): Promise<readonly DemoFile[]> {
  const { writeMovies } = await import("@freshet/demo")
  const { moviesDemoSizes } = await import("@freshet/demo")
  return withLiveLine(cli, (draw) =>
    writeMovies({ seed, sizes: moviesDemoSizes[scale], landing }, (path) => {
      if (cli.interruption.signal.aborted)
        throw new FreshetError("interrupted", "Interrupted. The files written so far are whole.")
      draw(`Making up ${path}`)
    }),
  )
}

async function withLiveLine<T>(
  cli: CommandLine,
  work: (draw: (line: string) => void) => Promise<T>,
): Promise<T> {
  const region = createLiveRegion(cli.err)
  try {
    return await work((line) => {
      if (cli.err.isTerminal) region.draw([line])
    })
  } finally {
    region.close()
  }
}

function toDemoDataDocument({ stocktwits, movies }: LandedDemoData): object {
  return {
    ...(stocktwits === undefined ? {} : toActivityDocument(stocktwits)),
    ...(movies === undefined ? {} : { movies: { files: movies.length, bytes: sumBytes(movies) } }),
  }
}

function toActivityDocument({
  files,
  bytes,
  events,
  malformed,
  missingDays,
}: StocktwitsDemoSummary): object {
  return { files: files.length, bytes, events, malformed, missing_days: missingDays }
}

function sumBytes(files: readonly DemoFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** What was made up, in words. */
export function formatDemoData(
  { stocktwits, movies }: LandedDemoData,
  landing: string,
): readonly string[] {
  const files = [...(stocktwits?.files ?? []), ...(movies ?? [])]
  return [
    `Landed ${formatQuantity(files.length, "file")} (${formatBytes(sumBytes(files))}) in ${landing}.`,
    ...(stocktwits === undefined ? [] : formatActivity(stocktwits)),
    ...(movies === undefined
      ? []
      : ["Films: made up, but for the price index, which is as it was published."]),
  ]
}

function formatActivity({
  events,
  malformed,
  missingDays,
}: StocktwitsDemoSummary): readonly string[] {
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((total, eventCount) => total + eventCount, 0)
  const actions = Object.entries(events).map(
    ([action, eventCount]) => `${formatCount(eventCount)} ${action}`,
  )
  return [
    `${formatQuantity(sum(events), "event")}: ${actions.join(", ")}; ${formatQuantity(sum(malformed), "malformed line")}.`,
    ...(missingDays.length > 0 ? [`No activity landed on ${missingDays.join(", ")}.`] : []),
  ]
}
