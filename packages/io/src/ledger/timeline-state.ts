import { randomUUID } from "node:crypto"
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writevSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { crc32 } from "node:zlib"

import { type Lanes, lanesOf, type Mark } from "@freshet/core"

import type { EarlierColumns, TimelineColumns } from "./timeline-columns.ts"

/** The timelines as they were after some step, in a file: only what was recorded since has to be read from the ledger. */
export interface TimelineState {
  readonly ledger: string
  readonly epoch: number
  /** The newest step that it knows, and what tells it from another step of the same number. */
  readonly step: number
  readonly stepMark: string
  /** What a computation's timeline depends on in its declaration → the timeline. */
  readonly timelines: ReadonlyMap<string, TimelineColumns>
}

const magic = 0x31485246 // "FRH1", in the byte order of the machine: a file of another order is foreign
const prefixWords = 6

/**
 * Reads a state; undefined when there is none, or when the file is damaged or of another format. The columns are
 * views on the file's bytes.
 */
export function readTimelineState(path: string): TimelineState | undefined {
  const bytes = readWhole(path)
  if (bytes === undefined || bytes.byteLength < prefixWords * 4) return undefined
  const [word, headerBytes = 0, headerSum, bodyBytes = 0, bodySum, bodyBytesHigh = 0] =
    new Uint32Array(bytes, 0, prefixWords)
  const bodyAt = aligned(prefixWords * 4 + headerBytes)
  const bodyLength = bodyBytesHigh * 2 ** 32 + bodyBytes
  if (word !== magic || bodyAt + bodyLength !== bytes.byteLength) return undefined
  const header = new Uint8Array(bytes, prefixWords * 4, headerBytes)
  if (crc32(header) !== headerSum) return undefined
  if (crc32(new Uint8Array(bytes, bodyAt)) !== bodySum) return undefined
  // The checksum says that it is as it was written.
  return stateOf(
    JSON.parse(Buffer.from(header.buffer, header.byteOffset, headerBytes).toString()) as Header,
    bytes,
    bodyAt,
  )
}

function readWhole(path: string): ArrayBuffer | undefined {
  let file: number | undefined
  try {
    file = openSync(path, "r")
    const bytes = new ArrayBuffer(fstatSync(file).size)
    const view = new Uint8Array(bytes)
    let at = 0
    for (let read = 1; read > 0 && at < view.length; at += read)
      read = readSync(file, view, at, Math.min(view.length - at, 2 ** 30), null)
    return at === view.length ? bytes : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}

type FlatMark = readonly [code: string, ...checks: (string | number)[]]

interface Header {
  readonly ledger: string
  readonly epoch: number
  readonly step: number
  readonly stepMark: string
  readonly timelines: readonly (readonly [
    shape: string,
    outputs: number,
    from: number,
    length: number,
    earlier: number,
    marks: readonly FlatMark[],
  ])[]
}

function stateOf(header: Header, bytes: ArrayBuffer, bodyAt: number): TimelineState {
  const cursor = cursorOver(bytes, bodyAt)
  const { timelines, ...rest } = header
  return {
    ...rest,
    timelines: new Map(
      timelines.map(([shape, outputs, from, length, earlier, marks]) => [
        shape,
        {
          from,
          marks: marks.map(parseMark),
          ...cursor.columns(length, outputs),
          earlier: { partitions: cursor.partitions(earlier), ...cursor.columns(earlier, outputs) },
        },
      ]),
    ),
  }
}

/** Takes the columns one after the other, in the order in which they are written. */
function cursorOver(bytes: ArrayBuffer, start: number) {
  let at = start
  const take = (length: number): number => {
    const from = at
    at += Math.ceil(length / 4) * 4
    return from
  }
  const words = (length: number) => new Uint32Array(bytes, take(length * 4), length)
  const lanes = (length: number): Lanes => ({ low: words(length), high: words(length) })
  return {
    partitions: (length: number) =>
      length === 0 ? noPartitions : new Int32Array(bytes, take(length * 4), length),
    columns: (length: number, outputs: number) => ({
      mark: length === 0 ? noMarks : new Uint16Array(bytes, take(length * 2), length),
      inputs: length === 0 ? noLanes : lanes(length),
      outputs: Array.from({ length: outputs }, () => (length === 0 ? noLanes : lanes(length))),
    }),
  }
}

const noPartitions = new Int32Array(0)
const noMarks = new Uint16Array(0)
const noLanes = lanesOf(0)

function parseMark([codeVersion, ...flat]: FlatMark): Mark {
  const checks = []
  for (let at = 0; at < flat.length; at += 3)
    checks.push({
      version: String(flat[at]),
      failedErrors: Number(flat[at + 1]),
      failedWarnings: Number(flat[at + 2]),
    })
  return { codeVersion, checks }
}

function flatMark({ codeVersion, checks }: Mark): FlatMark {
  return [
    codeVersion,
    ...checks.flatMap((check) => [check.version, check.failedErrors, check.failedWarnings]),
  ]
}

/** Writes a state in place of the one that is there, whole or not at all. It is only a shortcut: where it cannot be written, nothing is lost. */
export function writeTimelineState(path: string, state: TimelineState): void {
  const draft = `${path}.${randomUUID()}.draft`
  try {
    mkdirSync(dirname(path), { recursive: true })
    sweepDrafts(path)
    writeDurably(draft, encoded(state))
    renameSync(draft, path)
  } catch {
    rmSync(draft, { force: true })
  }
}

const forgottenAfterMs = 600_000

/** Drafts of processes that were killed. */
function sweepDrafts(path: string): void {
  const folder = dirname(path)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith(".draft")) continue
    const draft = join(folder, name)
    const { mtimeMs } = statSync(draft, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity }
    if (mtimeMs < Date.now() - forgottenAfterMs) rmSync(draft, { force: true })
  }
}

function writeDurably(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, "wx")
  try {
    for (let at = 0; at < parts.length; at += 1000) writeAll(file, parts.slice(at, at + 1000)) // at most 1,024 parts a call
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function writeAll(file: number, parts: readonly Uint8Array[]): void {
  let left = parts.filter(({ byteLength }) => byteLength > 0)
  while (left.length > 0) {
    let written = writevSync(file, left)
    const rest = left.findIndex(({ byteLength }) => {
      if (byteLength > written) return true
      written -= byteLength
      return false
    })
    left =
      rest < 0 ? [] : [left[rest]?.subarray(written) ?? new Uint8Array(0), ...left.slice(rest + 1)]
  }
}

function encoded({ timelines, ...rest }: TimelineState): readonly Uint8Array[] {
  const entries = [...timelines]
  const header: Header = {
    ...rest,
    timelines: entries.map(([shape, { from, mark, outputs, earlier, marks }]) => [
      shape,
      outputs.length,
      from,
      mark.length,
      earlier.partitions.length,
      marks.map(flatMark),
    ]),
  }
  const text = Buffer.from(JSON.stringify(header))
  const body = entries.flatMap(([, columns]) => bodyOf(columns))
  const length = body.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const sum = body.reduce((sum, part) => crc32(part, sum), 0)
  const prefix = new Uint32Array(prefixWords)
  prefix.set([magic, text.length, crc32(text), length % 2 ** 32, sum, Math.floor(length / 2 ** 32)])
  const gap = aligned(prefix.byteLength + text.length) - prefix.byteLength - text.length
  return [new Uint8Array(prefix.buffer), text, new Uint8Array(gap), ...body]
}

function bodyOf({ earlier, ...newest }: TimelineColumns): readonly Uint8Array[] {
  return [...columnParts(newest), bytesOf(earlier.partitions), ...columnParts(earlier)]
}

function columnParts({ mark, inputs, outputs }: Omit<EarlierColumns, "partitions">): Uint8Array[] {
  const gap = new Uint8Array((mark.length % 2) * 2)
  const lanes = [inputs, ...outputs].flatMap(({ low, high }) => [bytesOf(low), bytesOf(high)])
  return [bytesOf(mark), gap, ...lanes]
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array | Int32Array) {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
