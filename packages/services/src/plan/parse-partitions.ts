import type { Daily, Partitions, Timed } from "@freshet/core"
import {
  convertRange,
  findPartition,
  formatSuggestion,
  isTimed,
  parseDay,
  type PartitionRange,
  type Problem,
} from "@freshet/core/engine"

/** Named partitions. Those named by their own keys must all exist; those named by a day may exist in part. */
export interface ParsedPartitions {
  readonly range: PartitionRange
  readonly isExact: boolean
}

/** Parses a text to partitions: by their own key, or by a day that contains them or is contained. */
export function parsePartitions(
  partitions: Partitions,
  text: string,
): ParsedPartitions | undefined {
  const index = findPartition(partitions, text)
  if (index !== undefined) return { range: { from: index, to: index }, isExact: true }
  const day = isTimed(partitions) ? parseDay(text) : undefined
  if (day === undefined || !isTimed(partitions)) return undefined
  return { range: listPartitionsOfDay(partitions, day), isExact: false }
}

/** Parses the start of a range: a key, or the first partition that begins on the day or later. */
export function parseFirstPartition(partitions: Timed, text: string): number | undefined {
  const index = findPartition(partitions, text)
  const day = parseDay(text)
  if (index !== undefined || day === undefined) return index
  const { from } = listPartitionsOfDay(partitions, day)
  return listDaysOfPartition(partitions, from).from < day ? from + 1 : from
}

/** Parses the end of a range: a key, or the last partition that ends on the day or before. */
export function parseLastPartition(partitions: Timed, text: string): number | undefined {
  const index = findPartition(partitions, text)
  const day = parseDay(text)
  if (index !== undefined || day === undefined) return index
  const { to } = listPartitionsOfDay(partitions, day)
  return listDaysOfPartition(partitions, to).to > day ? to - 1 : to
}

function listPartitionsOfDay(partitions: Timed, day: number): PartitionRange {
  return convertRange(toDaily(partitions), partitions, { from: day, to: day })
}

function listDaysOfPartition(partitions: Timed, index: number): PartitionRange {
  return convertRange(partitions, toDaily(partitions), { from: index, to: index })
}

function toDaily({ zone }: Timed): Daily {
  return { kind: "daily", zone, start: 0, end: undefined }
}

/** Creates the problem of a text that names no partition of an asset. */
export function invalidKeyProblem(
  { name, partitions }: { readonly name: string; readonly partitions: Partitions },
  text: string,
): Problem {
  const [message, hint] = describeInvalidKey(name, partitions, text)
  return { kind: "usage", asset: name, message, hint }
}

function describeInvalidKey(
  name: string,
  partitions: Partitions,
  text: string,
): readonly [string, string] {
  switch (partitions.kind) {
    case "hourly":
      return [
        `\`${text}\` is not an hour of ${partitions.zone}.`,
        "Write hours as YYYY-MM-DDThh; a day, YYYY-MM-DD, means its hours.",
      ]
    case "daily":
      return [`\`${text}\` is not a day of the calendar.`, "Write days as YYYY-MM-DD."]
    case "weekly":
      return [
        `\`${text}\` is not a week of the calendar.`,
        "Write weeks as YYYY-Www; a day, YYYY-MM-DD, means the week that holds it.",
      ]
    case "monthly":
      return [
        `\`${text}\` is not a month of the calendar.`,
        "Write months as YYYY-MM; a day, YYYY-MM-DD, means the month that holds it.",
      ]
    case "static":
      return [`\`${name}\` has no key \`${text}\`.`, formatSuggestion(text, partitions.keys)]
    case "none":
      return describeUnpartitioned(name)
  }
}

/** Describes the problem of a partition of an asset without partitions. */
function describeUnpartitioned(name: string): readonly [message: string, hint: string] {
  return [
    `\`${name}\` is not partitioned: it has no days.`,
    `Omit the partition: \`freshet materialize ${name}\`.`,
  ]
}
