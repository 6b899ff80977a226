import { findDay, ProblemsError } from "@freshet/core"

import { activityDay } from "./activity-day.ts"
import { keyOfDay } from "./day-key.ts"
import { recentMessages } from "./day-messages.ts"
import { demoDataProblems, demoDataSizes } from "./demo-data-options.ts"
import type { DemoDataOptions, DemoDataSizes } from "./demo-data-options.ts"
import { summaryOf } from "./demo-data-summary.ts"
import type { DayWritten, DemoDataFile, DemoDataProgress } from "./demo-data-summary.ts"
import type { DemoDataSummary } from "./demo-data-summary.ts"
import { missingDays } from "./missing-days.ts"
import { population } from "./population.ts"
import { roomsCsv, snapshotDays, usersCsv } from "./snapshots.ts"
import { fileWriter, once } from "./write-file.ts"

/**
 * Fills the landing zone with made-up StockTwits activity, users and rooms. Every file appears whole
 * or not at all and replaces one of the same name; other files stay. Throws a ProblemsError for
 * options that cannot be granted.
 */
export async function writeDemoData(
  options: DemoDataOptions,
  onDay: (progress: DemoDataProgress) => void = () => {},
): Promise<DemoDataSummary> {
  return writeDemoDataOfSizes(demoDataSizes[options.scale], options, onDay)
}

/** As `writeDemoData`, in sizes of one's own in place of a scale's. */
export async function writeDemoDataOfSizes(
  sizes: DemoDataSizes,
  options: DemoDataOptions,
  onDay: (progress: DemoDataProgress) => void = () => {},
): Promise<DemoDataSummary> {
  const problems = demoDataProblems(options)
  if (problems.length > 0) throw new ProblemsError("usage", problems)
  const { days } = options
  const last = findDay(options.until) ?? 0
  const range = { from: last - days + 1, to: last }
  const writeDay = dayWriter(sizes, options, range)
  const written: DayWritten[] = []
  for (let day = range.from; day <= range.to; day += 1) {
    const done = await writeDay(day)
    written.push(done)
    onDay({ ...done, index: written.length, days })
  }
  return summaryOf(written)
}

function dayWriter(
  sizes: DemoDataSizes,
  { seed, landing, malformed, gaps }: DemoDataOptions,
  range: { readonly from: number; readonly to: number },
): (day: number) => Promise<DayWritten> {
  const world = { seed, sizes, population: population(seed, sizes) }
  const recentOf = recentMessages(world)
  const missing = gaps ? missingDays(seed, range) : new Set<number>()
  const snapshots = snapshotDays(range)
  const write = fileWriter(landing)
  return async (day) => {
    const key = keyOfDay(day)
    const moment = { seed, sizes, snapshot: snapshots.indexOf(day) }
    const files: DemoDataFile[] = []
    if (moment.snapshot >= 0) {
      files.push((await write(`stocktwits/users/${key}.csv`, once(usersCsv(moment)))).file)
      files.push((await write(`stocktwits/rooms/${key}.csv`, once(roomsCsv(moment)))).file)
    }
    if (missing.has(day)) return { day: key, files, lines: undefined }
    const lines = activityDay(world, recentOf(day), malformed)
    const activity = await write(`stocktwits/activity/${key}.json`, lines)
    return { day: key, files: [activity.file, ...files], lines: activity.result }
  }
}
