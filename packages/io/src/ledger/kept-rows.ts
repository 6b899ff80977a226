import {
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
  readonly inputVersion: string
  readonly fingerprint: string
  readonly dataVersion: string
  /** Failed errors and warnings, code version and check version, tab-separated. */
  readonly mark: string
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
  for await (const lines of copiedLines(client, reading(wanted))) {
    const kept: KeptPartition[] = []
    for (const line of lines) {
      const row = parseRow(line, slots)
      const done = group.add(row.place, row.partition, row)
      if (done !== undefined) kept.push(done)
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

/** The lines of a COPY, some at a time. */
async function* copiedLines(client: Client, copy: string): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of client.query(copyTo(copy))) {
    const text = rest + decoder.decode(chunk as Buffer, { stream: true }) // COPY gives bytes
    const lines = text.split("\n")
    rest = lines.pop() ?? ""
    yield lines
  }
}

function parseRow(line: string, slots: readonly (readonly Slot[])[]) {
  const ends: number[] = []
  for (let at = line.indexOf("\t"); ends.length < 6; at = line.indexOf("\t", at + 1)) ends.push(at)
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = ends
  const place = Number(line.slice(0, first))
  const slot = slots[place]?.[Number(line.slice(first + 1, second))]
  if (slot === undefined) throw new FreshetError("ledger", "The ledger gave rows nobody asked for.")
  return {
    ...slot,
    place,
    partition: Number(line.slice(second + 1, third)),
    inputVersion: line.slice(third + 1, fourth),
    fingerprint: line.slice(fourth + 1, fifth),
    dataVersion: unescaped(line.slice(fifth + 1, sixth)),
    mark: line.slice(sixth + 1),
  }
}

/** COPY writes a backslash before what would end a value. */
function unescaped(value: string): string {
  return value.includes("\\")
    ? value.replaceAll(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter)
    : value
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
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
    const made = name === undefined ? [] : madeOf(rows, entry.outputs.length, { name, marks })
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
function madeOf(rows: readonly KeptRow[], outputs: number, naming: Naming): readonly Made[] {
  if (outputs === 1 && rows.length === 1) return [madeFrom(rows, naming)]
  const groups = new Map<string, Map<number, KeptRow>>()
  for (const row of rows) {
    const group = groups.get(row.inputVersion) ?? new Map<number, KeptRow>()
    groups.delete(row.inputVersion)
    groups.set(row.inputVersion, group)
    const other = group.get(row.output)
    if (other === undefined || row.rank < other.rank) group.set(row.output, row)
  }
  const whole = [...groups.values()].filter((group) => group.size === outputs)
  return whole.toReversed().map((group) =>
    madeFrom(
      [...group.values()].toSorted((a, b) => a.output - b.output),
      naming,
    ),
  )
}

function madeFrom(rows: readonly KeptRow[], { name, marks }: Naming): Made {
  return {
    input: inputOf(rows[0]?.fingerprint ?? ""),
    outputs: rows.map(({ dataVersion }) => contentFingerprint(name, dataVersion)),
    mark: marks(rows),
  }
}

const unknownInput: Fingerprint = { low: 0, high: 0 }

function inputOf(text: string): Fingerprint {
  return text === "" ? unknownInput : parseFingerprint(text)
}

/** Marks by their text; the same text gives the same value. */
function markReader(): (rows: readonly KeptRow[]) => Mark {
  const marks = new Map<string, Mark>()
  let last: { readonly text: string; readonly mark: Mark } | undefined
  return (rows) => {
    const text = rows.map(({ mark }) => mark).join("\n")
    if (last?.text === text) return last.mark
    const mark = marks.get(text) ?? parseMark(ownText(text))
    if (!marks.has(text)) marks.set(ownText(text), mark)
    last = { text, mark }
    return mark
  }
}

/** A part of a longer text would keep the whole of it in memory. */
function ownText(text: string): string {
  return Buffer.from(text).toString()
}

function parseMark(text: string): Mark {
  const parts = text.split("\n").map((mark) => mark.split("\t"))
  return {
    codeVersion: unescaped(parts[0]?.[2] ?? ""),
    checks: parts.map(([errors, warnings, , version]) => ({
      version: unescaped(version ?? ""),
      failedErrors: Number(errors),
      failedWarnings: Number(warnings),
    })),
  }
}
