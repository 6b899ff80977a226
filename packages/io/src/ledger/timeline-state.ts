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

import type { Lanes, Mark } from "@freshet/core"

import { type EarlierColumns, emptyColumns, type TimelineColumns } from "./timeline-columns.ts"

/** The timelines as they were after some step, in a file: only what was recorded since has to be read from the ledger. */
export interface TimelineState {
  readonly ledger: string
  /** The newest epoch that it knows, and what tells it from another epoch of the same number. */
  readonly epoch: number
  readonly epochMark: string
  /** The newest step that it knows, and what tells it from another step of the same number. */
  readonly step: number
  readonly stepMark: string
  /** What a computation's timeline depends on in its declaration → the timeline. */
  readonly timelines: ReadonlyMap<string, TimelineColumns>
}

const magic = 0x35485246 // "FRH5", in the byte order of the machine: a file of another order is foreign
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
  const bodyAt = prefixWords * 4 + headerBytes
  const bodyLength = bodyBytesHigh * 2 ** 32 + bodyBytes
  if (word !== magic || bodyAt % 8 !== 0) return undefined
  if (bodyAt + bodyLength !== bytes.byteLength) return undefined
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

interface Header extends Omit<TimelineState, "timelines"> {
  readonly timelines: readonly (readonly [
    shape: string,
    outputs: number,
    from: number,
    length: number,
    earlier: number,
    marks: readonly Mark[],
  ])[]
}

function stateOf(header: Header, bytes: ArrayBuffer, bodyAt: number): TimelineState {
  const cursor = cursorOver(bytes, bodyAt)
  const timelines = new Map<string, TimelineColumns>()
  for (const entry of header.timelines) {
    const [shape, outputs, from, length, earlier, marks] = entry
    const { mark, inputs } = cursor.columns(length)
    const sums = cursor.lanes(length + 1, outputs)
    const others = cursor.earlier(earlier, outputs)
    timelines.set(shape, { from, mark, inputs, sums, marks, earlier: others })
  }
  return { ...header, timelines }
}

/** Takes the columns one after the other, in the order in which they are written. Tens of thousands are taken: no step here is spare. */
function cursorOver(bytes: ArrayBuffer, start: number) {
  let at = start
  function words(length: number): Uint32Array {
    const taken = new Uint32Array(bytes, at, length)
    at += length * 4
    return taken
  }
  function marks(length: number): Uint16Array {
    const taken = new Uint16Array(bytes, at, length)
    at += (length + (length % 2)) * 2
    return taken
  }
  function columns(length: number) {
    const mark = marks(length)
    return { mark, inputs: { low: words(length), high: words(length) } }
  }
  function lanes(length: number, count: number): readonly Lanes[] {
    const outputs: Lanes[] = []
    for (let output = 0; output < count; output += 1)
      outputs.push({ low: words(length), high: words(length) })
    return outputs
  }
  function earlier(length: number, count: number): EarlierColumns {
    if (length === 0) return nothingEarlier(count)
    const partitions = new Int32Array(bytes, at, length)
    at += length * 4
    return { partitions, ...columns(length), outputs: lanes(length, count) }
  }
  return { columns, lanes, earlier }
}

const nothing: EarlierColumns[] = [] // by number of outputs

function nothingEarlier(outputs: number): EarlierColumns {
  return (nothing[outputs] ??= emptyColumns(outputs).earlier)
}

/** Writes a state in place of the one that is there, whole or not at all. It is only a shortcut: where it cannot be written, nothing is lost. */
export function writeTimelineState(path: string, state: TimelineState): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    sweepDrafts(path)
    replace(path, encoded(state))
  } catch {
    return
  }
}

function replace(path: string, parts: readonly Uint8Array[]): void {
  const draft = `${path}.${randomUUID()}.draft`
  try {
    writeDurably(draft, parts)
    renameSync(draft, path)
  } catch (cause) {
    rmSync(draft, { force: true })
    throw cause
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
    timelines: entries.map(([shape, { from, mark, sums, earlier, marks }]) => [
      shape,
      sums.length,
      from,
      mark.length,
      earlier.partitions.length,
      marks,
    ]),
  }
  const json = Buffer.from(JSON.stringify(header))
  const text = Buffer.concat([json, Buffer.alloc(-json.length & 7, " ")]) // the columns begin at a multiple of 8
  // The checksum of no bytes forgets the one before.
  const body = entries
    .flatMap(([, columns]) => bodyOf(columns))
    .filter(({ byteLength }) => byteLength > 0)
  const length = body.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const sum = body.reduce((sum, part) => crc32(part, sum), 0)
  const prefix = new Uint32Array(prefixWords)
  prefix.set([magic, text.length, crc32(text), length % 2 ** 32, sum, Math.floor(length / 2 ** 32)])
  return [new Uint8Array(prefix.buffer), text, ...body]
}

function bodyOf(columns: TimelineColumns): readonly Uint8Array[] {
  const { mark, inputs, sums, earlier } = columns
  const newest = columnParts(mark, [inputs, ...sums])
  const others = columnParts(earlier.mark, [earlier.inputs, ...earlier.outputs])
  return [...newest, bytesOf(earlier.partitions), ...others]
}

function columnParts(mark: Uint16Array, lanes: readonly Lanes[]): readonly Uint8Array[] {
  const gap = new Uint8Array((mark.length % 2) * 2)
  const columns = lanes.flatMap(({ low, high }) => [bytesOf(low), bytesOf(high)])
  return [bytesOf(mark), gap, ...columns]
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array | Int32Array) {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
