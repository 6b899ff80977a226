import { parseDay, ProblemsError } from "@freshet/core/engine"

import { createFileWriter, toSingleChunk } from "../write-file.ts"
import { generateActivity } from "./activity-day.ts"
import { toDayKey } from "./day-key.ts"
import { createMessageCache } from "./day-messages.ts"
import { chooseMissingDays } from "./missing-days.ts"
import { findOptionProblems, stocktwitsDemoSizes } from "./options.ts"
import type { StocktwitsDemoOptions, StocktwitsDemoSizes } from "./options.ts"
import { createPopulation } from "./population.ts"
import { generateRoomsCsv, chooseSnapshotDays, generateUsersCsv } from "./snapshots.ts"
import { summarizeDays } from "./summary.ts"
import type { WrittenDay, DemoFile, StocktwitsDemoProgress } from "./summary.ts"
import type { StocktwitsDemoSummary } from "./summary.ts"

/**
 * Fills the landing zone with generated StockTwits activity, users and rooms. Every file appears whole
 * or not at all and replaces one of the same name; other files stay. Throws a ProblemsError for
 * invalid options.
 */
export async function writeStocktwits(
  options: StocktwitsDemoOptions,
  onDay: (progress: StocktwitsDemoProgress) => void = () => {},
): Promise<StocktwitsDemoSummary> {
  return writeStocktwitsInSizes(stocktwitsDemoSizes[options.scale], options, onDay)
}

/** Writes like `writeStocktwits`, with sizes of its own instead of those of a scale. */
export async function writeStocktwitsInSizes(
  sizes: StocktwitsDemoSizes,
  options: StocktwitsDemoOptions,
  onDay: (progress: StocktwitsDemoProgress) => void = () => {},
): Promise<StocktwitsDemoSummary> {
  const problems = findOptionProblems(options)
  if (problems.length > 0) throw new ProblemsError("usage", problems)
  const { days } = options
  const last = parseDay(options.until) ?? 0
  const range = { from: last - days + 1, to: last }
  const writeDay = createDayWriter(sizes, options, range)
  const writtenDays: WrittenDay[] = []
  for (let day = range.from; day <= range.to; day += 1) {
    const writtenDay = await writeDay(day)
    writtenDays.push(writtenDay)
    onDay({ ...writtenDay, index: writtenDays.length, days })
  }
  return summarizeDays(writtenDays)
}

function createDayWriter(
  sizes: StocktwitsDemoSizes,
  { seed, landing, malformed, gaps }: StocktwitsDemoOptions,
  range: { readonly from: number; readonly to: number },
): (day: number) => Promise<WrittenDay> {
  const model = { seed, sizes, population: createPopulation(seed, sizes) }
  const getRecentMessages = createMessageCache(model)
  const missing = gaps ? chooseMissingDays(seed, range) : new Set<number>()
  const snapshots = chooseSnapshotDays(range)
  const write = createFileWriter(landing)
  return async (day) => {
    const key = toDayKey(day)
    const moment = { seed, sizes, snapshot: snapshots.indexOf(day) }
    const files: DemoFile[] = []
    if (moment.snapshot >= 0) {
      files.push(
        (await write(`stocktwits/users/${key}.csv`, toSingleChunk(generateUsersCsv(moment)))).file,
      )
      files.push(
        (await write(`stocktwits/rooms/${key}.csv`, toSingleChunk(generateRoomsCsv(moment)))).file,
      )
    }
    if (missing.has(day)) return { day: key, files, lines: undefined }
    const lines = generateActivity(model, getRecentMessages(day), malformed)
    const activity = await write(`stocktwits/activity/${key}.json`, lines)
    return { day: key, files: [activity.file, ...files], lines: activity.result }
  }
}
