import { formatBytes, formatCount, formatQuantity } from "@freshet/core/engine"
import type { DemoDataDocument } from "@freshet/services"

/** Formats the counts of generated files. */
export function formatDemoData(document: DemoDataDocument): readonly string[] {
  const { landing, stocktwits, movies, groups } = document
  const landed = [stocktwits, movies, ...Object.values(groups)].filter((group) => group !== null)
  const fileCount = landed.reduce((sum, { files }) => sum + files, 0)
  const bytes = landed.reduce((sum, group) => sum + group.bytes, 0)
  return [
    `Landed ${formatQuantity(fileCount, "file")} (${formatBytes(bytes)}) in ${landing}.`,
    ...(stocktwits === null ? [] : formatActivity(stocktwits)),
    ...(movies === null ? [] : ["Films: generated, except the price index, which is real."]),
    ...Object.keys(groups).map((name) => `Group ${name}: generated.`),
  ]
}

function formatActivity({
  events,
  malformed,
  missing_days: missingDays,
}: NonNullable<DemoDataDocument["stocktwits"]>): readonly string[] {
  const actions = Object.entries(events).map(([action, count]) => `${formatCount(count)} ${action}`)
  const eventTotal = formatQuantity(sumCounts(events), "event")
  const malformedTotal = formatQuantity(sumCounts(malformed), "malformed line")
  return [
    `${eventTotal}: ${actions.join(", ")}; ${malformedTotal}.`,
    ...(missingDays.length > 0 ? [`No activity landed on ${missingDays.join(", ")}.`] : []),
  ]
}

function sumCounts(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
