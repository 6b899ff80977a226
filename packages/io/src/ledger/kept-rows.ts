import {
  type CheckMark,
  contentFingerprint,
  type Fingerprint,
  FreshetError,
  type Mark,
  parseFingerprint,
} from "@freshet/core"
import { type Client, escapeLiteral } from "pg"
import { to as copyTo } from "pg-copy-streams"

import type { Made } from "./timeline-columns.ts"

/** Some recorded partitions of one computation, as numbers of the ledger, and how its rows are told apart. */
export interface Wanted {
  readonly at: number
  /** For each output all its names, today's first. */
  readonly outputs: readonly (readonly string[])[]
  readonly low: number
  readonly high: number
}

/** What is kept of one partition of a computation, the newest first. */
export interface KeptPartition {
  readonly at: number
  /** As a number of the ledger. */
  readonly partition: number
  readonly made: readonly Made[]
}

interface KeptRow {
  readonly output: number
  /** 0 for what was recorded under today's name, more for older names. */
  readonly rank: number
  /** Empty where nothing else can be in the row's group. */
  readonly inputVersion: string
  readonly input: Fingerprint
  readonly dataVersion: string
  readonly mark: RowMark
}

/** What stands for a partition in the fingerprint of its content; undefined for those that are left out. */
export type ContentName = (wanted: Wanted, partition: number) => number | string | undefined

/** Reads what is kept, one group of rows for a partition: partitions of one entry of `wanted` come together and in order. */
export async function* readKept(
  client: Client,
  wanted: readonly Wanted[],
  contentName: ContentName,
): AsyncGenerator<readonly KeptPartition[]> {
  if (wanted.length === 0) return
  const slots = wanted.map(({ outputs }) => slotsOf(outputs))
  const group = grouping(wanted, contentName)
  const parse = rowParser(slots)
  for await (const bytes of copiedRows(client, reading(wanted))) {
    const kept: KeptPartition[] = []
    for (let at = 0; at < bytes.length;) {
      const { place, partition, row, end } = parse(bytes, at)
      const done = group.add(place, partition, row)
      if (done !== undefined) kept.push(done)
      at = end
    }
    yield kept
  }
  const last = group.end()
  if (last !== undefined) yield [last]
}

type Slot = Pick<KeptRow, "output" | "rank">

function slotsOf(outputs: Wanted["outputs"]): readonly Slot[] {
  return outputs.flatMap((names, output) => names.map((_, rank) => ({ output, rank })))
}

/** One query, whatever is asked; each computation's rows are sorted by themselves, and memory stays bounded on both sides. */
function reading(wanted: readonly Wanted[]): string {
  const entries = wanted.map(({ outputs, low, high }, place) => {
    const names = outputs.flat()
    return { place, names, many: names.length > 1, low, high }
  })
  return `
    copy (
      select w.place, array_position(w.names, kept.asset) - 1, kept.partition,
        case when w.many then kept.input_version else '' end, kept.fingerprint, kept.data_version,
        kept.failed_errors, kept.failed_warnings, kept.code_version, kept.check_version
      from jsonb_to_recordset(${escapeLiteral(JSON.stringify(entries))}) as w (
        place integer, names text[], many boolean, low integer, high integer
      ) cross join lateral (
        select * from freshet.materializations as m
        where m.asset = any(w.names) and m.partition between w.low and w.high
        order by m.partition, m.seq
      ) as kept
    ) to stdout`
}

/** The rows of a COPY, each with the line feed that ends it, some at a time. */
async function* copiedRows(client: Client, copy: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of client.query(copyTo(copy))) {
    const bytes = chunk as Buffer // what COPY gives
    const end = bytes.lastIndexOf(lineFeed) + 1
    if (end > 0)
      yield rest.length === 0
        ? bytes.subarray(0, end)
        : Buffer.concat([rest, bytes.subarray(0, end)])
    rest = end > 0 ? Buffer.from(bytes.subarray(end)) : Buffer.concat([rest, bytes])
  }
}

const lineFeed = 10
const tab = 9

/** Takes rows from their bytes: millions of them are read, and most of what they say is what the row before said. */
function rowParser(slots: readonly (readonly Slot[])[]) {
  const markOf = rowMarks()
  return (bytes: Buffer, start: number) => {
    let at = start
    const next = () => {
      const from = at
      while (bytes[at] !== tab) at += 1
      at += 1
      return from
    }
    const integer = () => integerIn(bytes, next(), at - 1)
    const words = () => textIn(bytes, next(), at - 1)
    const place = integer()
    const slot = slots[place]?.[integer()]
    if (slot === undefined) throw new FreshetError("ledger", "The ledger gave unasked rows.")
    const partition = integer()
    const inputVersion = words()
    const input = fingerprintIn(bytes, next(), at - 1)
    const dataVersion = words()
    const end = bytes.indexOf(lineFeed, at)
    const mark = markOf(bytes, at, end)
    const { output, rank } = slot
    const row: KeptRow = { output, rank, inputVersion, input, dataVersion, mark }
    return { place, partition, row, end: end + 1 }
  }
}

function integerIn(bytes: Buffer, from: number, to: number): number {
  const isNegative = bytes[from] === minus
  let value = 0
  for (let at = isNegative ? from + 1 : from; at < to; at += 1)
    value = value * 10 + (bytes[at] ?? 0) - zero
  return isNegative ? -value : value
}

const minus = 45
const zero = 48

const unknownInput: Fingerprint = { low: 0, high: 0 }

function fingerprintIn(bytes: Buffer, from: number, to: number): Fingerprint {
  return from === to ? unknownInput : parseFingerprint(bytes.toString("latin1", from, to))
}

function textIn(bytes: Buffer, from: number, to: number): string {
  if (from === to) return ""
  const text = bytes.toString("utf8", from, to)
  return text.includes("\\") ? unescaped(text) : text
}

/** COPY writes a backslash before what would end a value. */
function unescaped(value: string): string {
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

/** The part of a row that many share. */
interface RowMark {
  readonly id: number
  readonly codeVersion: string
  readonly check: CheckMark
}

/** Marks by their bytes; the same bytes give the same value. */
function rowMarks(): (bytes: Buffer, from: number, to: number) => RowMark {
  const marks = new Map<string, RowMark>()
  let last = Buffer.alloc(0)
  let lastMark: RowMark | undefined
  return (bytes, from, to) => {
    if (lastMark !== undefined && last.compare(bytes, from, to) === 0) return lastMark
    last = Buffer.from(bytes.subarray(from, to))
    const text = last.toString()
    const mark = marks.get(text) ?? parseRowMark(text, marks.size)
    marks.set(text, mark)
    return (lastMark = mark)
  }
}

function parseRowMark(text: string, id: number): RowMark {
  const [errors, warnings, codeVersion = "", version = ""] = text.split("\t").map(unescaped)
  const check = { version, failedErrors: Number(errors), failedWarnings: Number(warnings) }
  return { id, codeVersion, check }
}

/** Puts rows that follow each other into groups of one partition. */
function grouping(wanted: readonly Wanted[], contentName: ContentName) {
  const marks = markReader()
  let rows: KeptRow[] = []
  let [place, partition] = [-1, 0]
  const end = (): KeptPartition | undefined => {
    const entry = wanted[place]
    if (entry === undefined || rows.length === 0) return undefined
    const name = contentName(entry, partition)
    const made = name === undefined ? [] : madeOf(rows, entry.outputs, { name, marks })
    rows = []
    return name === undefined ? undefined : { at: entry.at, partition, made }
  }
  const add = (nextPlace: number, nextPartition: number, row: KeptRow) => {
    const isSame = nextPlace === place && nextPartition === partition
    if (nextPlace < place || (nextPlace === place && nextPartition < partition))
      throw new FreshetError("ledger", "The ledger gave rows out of order.")
    const done = isSame ? undefined : end()
    ;[place, partition] = [nextPlace, nextPartition]
    rows.push(row)
    return done
  }
  return { add, end }
}

interface Naming {
  readonly name: number | string
  readonly marks: (rows: readonly KeptRow[]) => Mark
}

/** The materializations of which every output is kept, the newest first. Rows come in the order in which they were recorded. */
function madeOf(
  rows: readonly KeptRow[],
  outputs: Wanted["outputs"],
  naming: Naming,
): readonly Made[] {
  if (outputs.length === 1 && outputs[0]?.length === 1)
    return rows.toReversed().map((row) => madeFrom([row], naming))
  const groups = new Map<string, Map<number, KeptRow>>()
  for (const row of rows) {
    const group = groups.get(row.inputVersion) ?? new Map<number, KeptRow>()
    groups.delete(row.inputVersion)
    groups.set(row.inputVersion, group)
    const other = group.get(row.output)
    if (other === undefined || row.rank < other.rank) group.set(row.output, row)
  }
  const whole = [...groups.values()].filter((group) => group.size === outputs.length)
  return whole.toReversed().map((group) =>
    madeFrom(
      [...group.values()].toSorted((a, b) => a.output - b.output),
      naming,
    ),
  )
}

function madeFrom(rows: readonly KeptRow[], { name, marks }: Naming): Made {
  return {
    input: rows[0]?.input ?? unknownInput,
    outputs: rows.map(({ dataVersion }) => contentFingerprint(name, dataVersion)),
    mark: marks(rows),
  }
}

/** What all outputs share, one value for the same marks. */
function markReader(): (rows: readonly KeptRow[]) => Mark {
  const marks = new Map<string, Mark>()
  let last: { readonly id: number; readonly mark: Mark } | undefined
  return (rows) => {
    const id = rows[0]?.mark.id
    if (rows.length === 1 && last !== undefined && last.id === id) return last.mark
    const key = rows.map(({ mark }) => mark.id).join(" ")
    const mark = marks.get(key) ?? {
      codeVersion: rows[0]?.mark.codeVersion ?? "",
      checks: rows.map(({ mark }) => mark.check),
    }
    marks.set(key, mark)
    last = rows.length === 1 && id !== undefined ? { id, mark } : undefined
    return mark
  }
}
