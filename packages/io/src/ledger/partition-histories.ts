import {
  type CheckVersion,
  type Fingerprint,
  fingerprintContent,
  FreshetError,
  type MaterializationVersion,
  parseFingerprint,
} from "@freshet/core/engine"
import { type Client, escapeLiteral } from "pg"

import type { HistoryEntry } from "./history-columns.ts"

/** Some recorded partitions of one computation, by their numbers in the ledger, and the identity of its rows. */
export interface RowsRequest {
  readonly computationIndex: number
  /** The names of each output, the current one first. */
  readonly outputs: readonly (readonly string[])[]
  readonly low: number
  readonly high: number
}

/** The retained materializations of one partition of a computation, newest first. */
export interface PartitionHistory {
  readonly computationIndex: number
  /** The ledger's number of the partition. */
  readonly partition: number
  readonly entries: readonly HistoryEntry[]
}

interface MaterializationRow {
  readonly output: number
  /** 0 for the current name, higher for previous names. */
  readonly rank: number
  /** Empty if the row is the only one of its group. */
  readonly inputVersion: string
  readonly input: Fingerprint
  readonly dataVersion: string
  readonly rowVersion: RowVersion
}

/** Finds the identity of a partition in the fingerprint of its content; undefined for partitions that are left out. */
export type FindContentName = (
  request: RowsRequest,
  partition: number,
) => number | string | undefined

/** Reads retained materializations, grouped by partition; the partitions of one request arrive together and in order. */
export async function* readPartitionHistories(
  client: Client,
  requests: readonly RowsRequest[],
  findContentName: FindContentName,
): AsyncGenerator<readonly PartitionHistory[]> {
  if (requests.length === 0) return
  const slots = requests.map(({ outputs }) => listSlots(outputs))
  const group = createGrouping(requests, findContentName)
  const parse = createRowParser(slots)
  for await (const bytes of readCopiedRows(client, buildCopyQuery(requests))) {
    const histories: PartitionHistory[] = []
    for (let at = 0; at < bytes.length;) {
      const { place, partition, row, end } = parse(bytes, at)
      const history = group.add(place, partition, row)
      if (history !== undefined) histories.push(history)
      at = end
    }
    yield histories
  }
  const last = group.end()
  if (last !== undefined) yield [last]
}

type Slot = Pick<MaterializationRow, "output" | "rank">

function listSlots(outputs: RowsRequest["outputs"]): readonly Slot[] {
  return outputs.flatMap((names, output) => names.map((_, rank) => ({ output, rank })))
}

/**
 * Builds one query for all requests. The rows of each computation are sorted separately, so that memory is
 * bounded on both sides.
 */
function buildCopyQuery(requests: readonly RowsRequest[]): string {
  const entries = requests.map(({ outputs, low, high }, place) => {
    const names = outputs.flat()
    return { place, names, many: names.length > 1, low, high }
  })
  return `
    copy (
      select w.place, array_position(w.names, retained.asset) - 1, retained.partition,
        case when w.many then retained.input_version else '' end, retained.fingerprint, retained.data_version,
        retained.failed_errors, retained.failed_warnings, retained.code_version, retained.check_version
      from jsonb_to_recordset(${escapeLiteral(JSON.stringify(entries))}) as w (
        place integer, names text[], many boolean, low integer, high integer
      ) cross join lateral (
        select * from freshet.materializations as m
        where m.asset = any(w.names) and m.partition between w.low and w.high
        order by m.partition, m.seq
      ) as retained
    ) to stdout`
}

/** Yields the rows of a COPY in parts, each row with its line feed. */
async function* readCopiedRows(client: Client, copy: string): AsyncGenerator<Buffer> {
  const { to: copyTo } = (await import("pg-copy-streams")).default
  let remainder: Buffer = Buffer.alloc(0)
  for await (const chunk of client.query(copyTo(copy))) {
    const bytes = chunk as Buffer // COPY yields buffers
    const end = bytes.lastIndexOf(lineFeed) + 1
    if (end > 0)
      yield remainder.length === 0
        ? bytes.subarray(0, end)
        : Buffer.concat([remainder, bytes.subarray(0, end)])
    remainder = end > 0 ? Buffer.from(bytes.subarray(end)) : Buffer.concat([remainder, bytes])
  }
}

const lineFeed = 10
const tab = 9

/** Creates a parser of rows from bytes. It reads millions of rows, most of which repeat values of the previous row. */
function createRowParser(slots: readonly (readonly Slot[])[]) {
  const parseVersion = createRowVersionParser()
  return (bytes: Buffer, start: number) => {
    let at = start
    const skipField = () => {
      const from = at
      while (bytes[at] !== tab) at += 1
      at += 1
      return from
    }
    const readInteger = () => parseInteger(bytes, skipField(), at - 1)
    const readText = () => parseText(bytes, skipField(), at - 1)
    const place = readInteger()
    const slot = slots[place]?.[readInteger()]
    if (slot === undefined) throw new FreshetError("ledger", "The ledger gave unasked rows.")
    const partition = readInteger()
    const inputVersion = readText()
    const input = parseRowFingerprint(bytes, skipField(), at - 1)
    const dataVersion = readText()
    const end = bytes.indexOf(lineFeed, at)
    const rowVersion = parseVersion(bytes, at, end)
    const { output, rank } = slot
    const row: MaterializationRow = { output, rank, inputVersion, input, dataVersion, rowVersion }
    return { place, partition, row, end: end + 1 }
  }
}

function parseInteger(bytes: Buffer, from: number, to: number): number {
  const isNegative = bytes[from] === minus
  let value = 0
  for (let at = isNegative ? from + 1 : from; at < to; at += 1)
    value = value * 10 + (bytes[at] ?? 0) - zero
  return isNegative ? -value : value
}

const minus = 45
const zero = 48

const unknownInput: Fingerprint = { low: 0, high: 0 }

function parseRowFingerprint(bytes: Buffer, from: number, to: number): Fingerprint {
  return from === to ? unknownInput : parseFingerprint(bytes.toString("latin1", from, to))
}

function parseText(bytes: Buffer, from: number, to: number): string {
  if (from === to) return ""
  const text = bytes.toString("utf8", from, to)
  return text.includes("\\") ? unescapeText(text) : text
}

/** Removes the backslashes that COPY writes before delimiters. */
function unescapeText(value: string): string {
  return value.replaceAll(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter)
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
}

/** The part of a row that many rows share. */
interface RowVersion {
  readonly id: number
  readonly codeVersion: string
  readonly check: CheckVersion
}

/** Creates a cache of versions by their bytes: equal bytes give the same value. */
function createRowVersionParser(): (bytes: Buffer, from: number, to: number) => RowVersion {
  const rowVersions = new Map<string, RowVersion>()
  let lastBytes = Buffer.alloc(0)
  let lastVersion: RowVersion | undefined
  return (bytes, from, to) => {
    if (lastVersion !== undefined && lastBytes.compare(bytes, from, to) === 0) return lastVersion
    lastBytes = Buffer.from(bytes.subarray(from, to))
    const text = lastBytes.toString()
    const rowVersion = rowVersions.get(text) ?? parseRowVersion(text, rowVersions.size)
    rowVersions.set(text, rowVersion)
    return (lastVersion = rowVersion)
  }
}

function parseRowVersion(text: string, id: number): RowVersion {
  const [errors, warnings, codeVersion = "", version = ""] = text.split("\t").map(unescapeText)
  const check = { version, failedErrors: Number(errors), failedWarnings: Number(warnings) }
  return { id, codeVersion, check }
}

/** Groups consecutive rows by partition. */
function createGrouping(requests: readonly RowsRequest[], findContentName: FindContentName) {
  const toVersion = createVersionReader()
  let rows: MaterializationRow[] = []
  let [place, partition] = [-1, 0]
  const end = (): PartitionHistory | undefined => {
    const request = requests[place]
    if (request === undefined || rows.length === 0) return undefined
    const name = findContentName(request, partition)
    const entries = name === undefined ? [] : toEntries(rows, request.outputs, { name, toVersion })
    rows = []
    return name === undefined
      ? undefined
      : { computationIndex: request.computationIndex, partition, entries }
  }
  const add = (nextPlace: number, nextPartition: number, row: MaterializationRow) => {
    const isSame = nextPlace === place && nextPartition === partition
    if (nextPlace < place || (nextPlace === place && nextPartition < partition))
      throw new FreshetError("ledger", "The ledger gave rows out of order.")
    const history = isSame ? undefined : end()
    ;[place, partition] = [nextPlace, nextPartition]
    rows.push(row)
    return history
  }
  return { add, end }
}

interface EntryOptions {
  readonly name: number | string
  readonly toVersion: (rows: readonly MaterializationRow[]) => MaterializationVersion
}

/** Lists the materializations with all outputs retained, newest first. Rows arrive in the order of recording. */
function toEntries(
  rows: readonly MaterializationRow[],
  outputs: RowsRequest["outputs"],
  options: EntryOptions,
): readonly HistoryEntry[] {
  if (outputs.length === 1 && outputs[0]?.length === 1)
    return rows.toReversed().map((row) => toEntry([row], options))
  const groups = new Map<string, Map<number, MaterializationRow>>()
  for (const row of rows) {
    const group = groups.get(row.inputVersion) ?? new Map<number, MaterializationRow>()
    groups.delete(row.inputVersion)
    groups.set(row.inputVersion, group)
    const currentRow = group.get(row.output)
    if (currentRow === undefined || row.rank < currentRow.rank) group.set(row.output, row)
  }
  const completeGroups = [...groups.values()].filter((group) => group.size === outputs.length)
  return completeGroups.toReversed().map((group) =>
    toEntry(
      [...group.values()].toSorted((a, b) => a.output - b.output),
      options,
    ),
  )
}

function toEntry(
  rows: readonly MaterializationRow[],
  { name, toVersion }: EntryOptions,
): HistoryEntry {
  return {
    input: rows[0]?.input ?? unknownInput,
    outputs: rows.map(({ dataVersion }) => fingerprintContent(name, dataVersion)),
    version: toVersion(rows),
  }
}

/** Creates a reader of the version that all outputs share, with one value for equal versions. */
function createVersionReader(): (rows: readonly MaterializationRow[]) => MaterializationVersion {
  const versions = new Map<string, MaterializationVersion>()
  let last: { readonly id: number; readonly version: MaterializationVersion } | undefined
  return (rows) => {
    const id = rows[0]?.rowVersion.id
    if (rows.length === 1 && last !== undefined && last.id === id) return last.version
    const key = rows.map(({ rowVersion }) => rowVersion.id).join(" ")
    const version = versions.get(key) ?? {
      codeVersion: rows[0]?.rowVersion.codeVersion ?? "",
      checks: rows.map(({ rowVersion }) => rowVersion.check),
    }
    versions.set(key, version)
    last = rows.length === 1 && id !== undefined ? { id, version } : undefined
    return version
  }
}
