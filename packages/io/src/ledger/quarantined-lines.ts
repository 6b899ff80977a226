import { groupBy, type PartitionRange } from "@freshet/core/engine"
import type { Client } from "pg"

import {
  findPartitionById,
  getCurrentName,
  type LedgerNames,
  listRecordedNames,
} from "./ledger-names.ts"

/** The number of quarantined lines of a source, out of all lines that the newest step of each day read. */
export interface QuarantinedLines {
  readonly source: string
  readonly lines: number
  readonly quarantined: number
}

/** Reads the declared sources with quarantined lines, by name. Partitions of former definitions do not count. */
export async function readQuarantinedLines(
  client: Client,
  names: LedgerNames,
): Promise<readonly QuarantinedLines[]> {
  const { rows } = await client.query<LineCountRow>(lineCountsQuery)
  const countsBySource = groupBy(selectNewestCounts(names, rows), ({ source }) => source)
  return [...countsBySource]
    .map(([source, counts]) => ({
      source,
      lines: sum(counts.map(({ lines }) => lines)),
      quarantined: sum(counts.map(({ quarantined }) => quarantined)),
    }))
    .filter(({ quarantined }) => quarantined > 0)
    .toSorted((a, b) => (a.source < b.source ? -1 : 1))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

interface LineCountRow extends QuarantinedLines {
  readonly computation: string
  readonly partition: number
}

/** Selects the counts of the newest step of each declared partition, under the current name of the source. */
function selectNewestCounts(
  names: LedgerNames,
  rows: readonly LineCountRow[],
): readonly QuarantinedLines[] {
  const readers = new Map(
    names.graph.computations.flatMap(({ name }) =>
      listRecordedNames(names, name).map((recordedName) => [recordedName, name] as const),
    ),
  )
  const newestCounts = new Map<string, QuarantinedLines>()
  for (const { computation, partition, ...counts } of rows) {
    const [source, reader] = [getCurrentName(names, counts.source), readers.get(computation)]
    if (reader === undefined || !names.graph.assets.has(source)) continue
    const index = findPartitionById(names, reader, partition)
    if (index === undefined) continue
    newestCounts.set(JSON.stringify([source, reader, index]), { ...counts, source })
  }
  return [...newestCounts.values()]
}

const lineCountsQuery = `
  select source, computation, partition, lines, quarantined
  from (
    select distinct on (counts.source, steps.computation, steps.partition)
      steps.id, counts.source, steps.computation, steps.partition,
      counts.lines::float8 as lines, counts.quarantined::float8 as quarantined
    from freshet.line_counts as counts join freshet.steps on steps.id = counts.step
    order by counts.source, steps.computation, steps.partition, steps.id desc
  ) as newest
  order by id`

/** A request for quarantine files of a source, at most `limit` of them. */
export interface QuarantineRequest {
  readonly source: string
  /** The computations that read the source, with their partitions; without ranges the whole computation counts. */
  readonly readers: ReadonlyMap<string, PartitionRange | undefined>
  readonly limit: number
}

/** Reads the store keys of the lines that the newest steps of the readers quarantined, newest partition first. */
export async function readQuarantineFiles(
  client: Client,
  names: LedgerNames,
  { source, readers, limit }: QuarantineRequest,
): Promise<readonly string[]> {
  const recordedReaders = [...readers].flatMap(([computation, range]) =>
    listRecordedNames(names, computation).map((name) => ({ computation, name, range })),
  )
  const { rows } = await client.query<QuarantineRow>(quarantineFilesQuery, [
    listRecordedNames(names, source),
    recordedReaders.map(({ name }) => name),
  ])
  const files = rows.flatMap(({ name, partition, file }) => {
    const reader = recordedReaders.find((recordedReader) => recordedReader.name === name)
    const index = reader && findPartitionById(names, reader.computation, partition)
    if (reader === undefined || index === undefined) return []
    const { from, to } = reader.range ?? { from: -Infinity, to: Infinity }
    return from <= index && index <= to ? [{ index, file }] : []
  })
  const sortedFiles = files.toSorted((a, b) => b.index - a.index)
  return [...new Set(sortedFiles.map(({ file }) => file))].slice(0, limit)
}

interface QuarantineRow {
  readonly name: string
  readonly partition: number
  readonly file: string
}

const quarantineFilesQuery = `
  select computation as name, partition, file
  from (
    select distinct on (steps.computation, steps.partition)
      steps.computation, steps.partition, counts.file
    from freshet.line_counts as counts join freshet.steps on steps.id = counts.step
    where counts.source = any($1::text[]) and steps.computation = any($2::text[])
    order by steps.computation, steps.partition, steps.id desc
  ) as newest
  where file is not null
  order by partition desc`
