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

import type { FreshnessProof, Lanes, MaterializationVersion } from "@freshet/core/engine"

import { type EarlierColumns, createEmptyColumns, type HistoryColumns } from "./history-columns.ts"
import { decodeProof, encodeProof, type ProofHeader } from "./proof-state.ts"

/** The histories after some step, in a file: only later records must be read from the ledger. */
export interface LedgerState {
  readonly ledger: string
  /** The newest epoch in the file, and its identity among epochs of the same number. */
  readonly epoch: number
  readonly epochIdentity: string
  /** The newest step in the file, and its identity among steps of the same number. */
  readonly step: number
  readonly stepIdentity: string
  /** Shape of a computation's declaration → its history. */
  readonly histories: ReadonlyMap<string, HistoryColumns>
  /** The proof of the evaluation of these histories. */
  readonly proof?: FreshnessProof | undefined
}

const magic = 0x37485246 // "FRH7", in the byte order of the machine: a file of another order is foreign
const prefixWords = 6

/**
 * Reads a state; undefined if the file is missing, damaged or of another format. The columns are
 * views on the file's bytes.
 */
export function readStateFile(path: string): LedgerState | undefined {
  const bytes = readBytes(path)
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
  // The checksum proves that the file is unchanged.
  return toLedgerState(
    JSON.parse(Buffer.from(header.buffer, header.byteOffset, headerBytes).toString()) as Header,
    bytes,
    bodyAt,
  )
}

function readBytes(path: string): ArrayBuffer | undefined {
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

interface Header extends Omit<LedgerState, "histories" | "proof"> {
  readonly proof?: ProofHeader | undefined
  readonly histories: readonly (readonly [
    shape: string,
    outputs: number,
    from: number,
    length: number,
    earlier: number,
    marks: readonly MaterializationVersion[],
  ])[]
}

function toLedgerState(header: Header, bytes: ArrayBuffer, bodyAt: number): LedgerState {
  const cursor = createCursor(bytes, bodyAt)
  const histories = new Map<string, HistoryColumns>()
  for (const entry of header.histories) {
    const [shape, outputs, from, length, earlier, versions] = entry
    const { versionIndex, inputs } = cursor.columns(length)
    const sums = cursor.lanes(length + 1, outputs)
    const earlierColumns = cursor.earlier(earlier, outputs)
    histories.set(shape, {
      from,
      versionIndex,
      inputs,
      sums,
      versions,
      earlier: earlierColumns,
    })
  }
  const proof = header.proof && decodeProof(header.proof, bytes, cursor.position())
  return { ...header, histories, proof }
}

/** Creates a cursor that reads the columns in the order of writing. It reads tens of thousands of columns, so it does little for each. */
function createCursor(bytes: ArrayBuffer, start: number) {
  let at = start
  function words(length: number): Uint32Array {
    const column = new Uint32Array(bytes, at, length)
    at += length * 4
    return column
  }
  function versionIndexes(length: number): Uint16Array {
    const column = new Uint16Array(bytes, at, length)
    at += (length + (length % 2)) * 2
    return column
  }
  function columns(length: number) {
    const versionIndex = versionIndexes(length)
    return { versionIndex, inputs: { low: words(length), high: words(length) } }
  }
  function lanes(length: number, count: number): readonly Lanes[] {
    const outputs: Lanes[] = []
    for (let output = 0; output < count; output += 1)
      outputs.push({ low: words(length), high: words(length) })
    return outputs
  }
  function earlier(length: number, count: number): EarlierColumns {
    if (length === 0) return getEmptyEarlier(count)
    const partitions = new Int32Array(bytes, at, length)
    at += length * 4
    return { partitions, ...columns(length), outputs: lanes(length, count) }
  }
  return { columns, lanes, earlier, position: () => at }
}

const emptyEarlierByOutputs: EarlierColumns[] = [] // by number of outputs

function getEmptyEarlier(outputs: number): EarlierColumns {
  return (emptyEarlierByOutputs[outputs] ??= createEmptyColumns(outputs).earlier)
}

/** Replaces the state file atomically. The file is a cache: a failure to write it has no effect. */
export function writeStateFile(path: string, state: LedgerState): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    removeStaleDrafts(path)
    replaceFile(path, encodeState(state))
  } catch {
    return
  }
}

function replaceFile(path: string, parts: readonly Uint8Array[]): void {
  const draft = `${path}.${randomUUID()}.draft`
  try {
    writeDurably(draft, parts)
    renameSync(draft, path)
  } catch (cause) {
    rmSync(draft, { force: true })
    throw cause
  }
}

const staleDraftMs = 600_000

/** Removes drafts of killed processes. */
function removeStaleDrafts(path: string): void {
  const folder = dirname(path)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`) || !name.endsWith(".draft")) continue
    const draft = join(folder, name)
    const { mtimeMs } = statSync(draft, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity }
    if (mtimeMs < Date.now() - staleDraftMs) rmSync(draft, { force: true })
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
  let remainingParts = parts.filter(({ byteLength }) => byteLength > 0)
  while (remainingParts.length > 0) {
    let written = writevSync(file, remainingParts)
    const nextPart = remainingParts.findIndex(({ byteLength }) => {
      if (byteLength > written) return true
      written -= byteLength
      return false
    })
    remainingParts =
      nextPart < 0
        ? []
        : [
            remainingParts[nextPart]?.subarray(written) ?? new Uint8Array(0),
            ...remainingParts.slice(nextPart + 1),
          ]
  }
}

function encodeState({
  histories,
  proof: proven,
  ...otherFields
}: LedgerState): readonly Uint8Array[] {
  const entries = [...histories]
  const proof = proven && encodeProof(proven)
  const header: Header = {
    ...otherFields,
    proof: proof?.header,
    histories: entries.map(([shape, { from, versionIndex, sums, earlier, versions }]) => [
      shape,
      sums.length,
      from,
      versionIndex.length,
      earlier.partitions.length,
      versions,
    ]),
  }
  const json = Buffer.from(JSON.stringify(header))
  const text = Buffer.concat([json, Buffer.alloc(-json.length & 7, " ")]) // the columns begin at a multiple of 8
  // A checksum of no bytes resets the running one.
  const body = [
    ...entries.flatMap(([, columns]) => listBodyParts(columns)),
    ...(proof?.parts ?? []),
  ].filter(({ byteLength }) => byteLength > 0)
  const length = body.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const sum = body.reduce((sum, part) => crc32(part, sum), 0)
  const prefix = new Uint32Array(prefixWords)
  prefix.set([magic, text.length, crc32(text), length % 2 ** 32, sum, Math.floor(length / 2 ** 32)])
  return [new Uint8Array(prefix.buffer), text, ...body]
}

function listBodyParts(columns: HistoryColumns): readonly Uint8Array[] {
  const { versionIndex, inputs, sums, earlier } = columns
  const newest = listColumnParts(versionIndex, [inputs, ...sums])
  const earlierParts = listColumnParts(earlier.versionIndex, [earlier.inputs, ...earlier.outputs])
  return [...newest, toBytes(earlier.partitions), ...earlierParts]
}

function listColumnParts(
  versionIndex: Uint16Array,
  lanes: readonly Lanes[],
): readonly Uint8Array[] {
  const gap = new Uint8Array((versionIndex.length % 2) * 2)
  const columns = lanes.flatMap(({ low, high }) => [toBytes(low), toBytes(high)])
  return [toBytes(versionIndex), gap, ...columns]
}

function toBytes({ buffer, byteOffset, byteLength }: Uint16Array | Uint32Array | Int32Array) {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
