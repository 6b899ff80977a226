import { FreshetError, type MaterializationRecord } from "@freshet/core/engine"
import type { FileBytesChange, FileMeasure, Store } from "@freshet/io"

import { mapConcurrently } from "./map-concurrently.ts"

/** The state of a materialization's file: there with the recorded bytes, not there, or there with other bytes. */
export type FileState = "intact" | "missing" | "damaged"

/** The part of a materialization that names its file and recognizes its bytes. */
export type RecordedFile = Pick<MaterializationRecord, "id" | "file" | "checksum" | "fileIdentity">

/** Decides which files are read to check them. */
export interface CheckOptions {
  /** `changed`: files that are not the ones that had the checksum. `unrecorded`: also those without a checksum. `all`: every file. */
  readonly reads: "changed" | "unrecorded" | "all"
}

/** The files of materializations, which are compared with their recorded checksums. */
export interface StoredFiles {
  /** The store, which provides a remembered file only if it has the recorded bytes. */
  readonly store: Store
  /** Remembers the recorded bytes of materializations' files, and returns the materializations. */
  readonly remember: <R extends RecordedFile>(records: readonly R[]) => readonly R[]
  /** Finds the states of files, in the order of the records. */
  readonly check: (
    records: readonly RecordedFile[],
    options?: CheckOptions,
  ) => Promise<readonly FileState[]>
  /** Notes that a file does not contain the recorded rows, although its checksum may be as recorded. */
  readonly noteDamage: (record: RecordedFile) => void
  /** Returns the bytes to record that were found since the last call. */
  readonly takeChanges: () => readonly FileBytesChange[]
}

/** A stored file was to be read that does not have the recorded bytes. */
export class DamagedFileError extends FreshetError {
  constructor(location: string) {
    super("store", `The file ${location} is damaged: its bytes are not the recorded ones.`, {
      hint: "The next run rebuilds it, and what was materialized from it.",
    })
  }
}

/** The number of files that are read at once. */
const checksAtOnce = 16

/** Compares files of a store with their records. A file is read once: its identity is recorded with its checksum. */
export function createStoredFiles(store: Store): StoredFiles {
  const recordByKey = new Map<string, RecordedFile>()
  const committedKeys = new Set<string>() // files that this process wrote
  const measures = new Map<string, FileMeasure>()
  const changes = new Map<number, FileBytesChange>()
  const noteChange = ({ id, checksum }: RecordedFile, change: FileMeasure | undefined) =>
    changes.set(id, {
      id,
      recordedChecksum: checksum ?? null,
      checksum: change?.checksum ?? checksum ?? "",
      identity: change?.identity ?? null,
    })
  const checkFile = async (record: RecordedFile, { reads }: CheckOptions): Promise<FileState> => {
    const { file, checksum, fileIdentity } = record
    const identity = await store.identify(file)
    if (identity === undefined) return "missing"
    if (committedKeys.has(file)) return "intact"
    const isRecorded = typeof checksum === "string"
    const isRead = reads === "all" || (isRecorded ? identity !== fileIdentity : reads !== "changed")
    if (!isRead) return "intact"
    const measure = await measureFile(file, reads === "all" ? undefined : identity)
    if (measure === undefined) return "missing"
    const isIntact = !isRecorded || measure.checksum === checksum
    if (!isIntact || measure.identity !== fileIdentity)
      noteChange(record, isIntact ? measure : undefined)
    return isIntact ? "intact" : "damaged"
  }
  const measureFile = async (file: string, identity: string | undefined) => {
    const previousMeasure = measures.get(file)
    if (previousMeasure !== undefined && previousMeasure.identity === identity)
      return previousMeasure
    const measure = await store.measure(file)
    if (measure !== undefined) measures.set(file, measure)
    return measure
  }
  const requireIntact = async (key: string) => {
    const record = recordByKey.get(key)
    if (record === undefined) return
    if ((await checkFile(record, { reads: "unrecorded" })) === "damaged")
      throw new DamagedFileError(store.locate(key))
  }
  return {
    store: guardStore(store, { requireIntact, noteCommit: (key) => committedKeys.add(key) }),
    remember: (records) => {
      for (const record of records) recordByKey.set(record.file, record)
      return records
    },
    check: (records, options = { reads: "changed" }) =>
      mapConcurrently(records, checksAtOnce, (record) => checkFile(record, options)),
    noteDamage: ({ id, checksum = null }) =>
      changes.set(id, { id, recordedChecksum: checksum, checksum: "", identity: null }),
    takeChanges: () => {
      const foundChanges = [...changes.values()]
      changes.clear()
      return foundChanges
    },
  }
}

/** Checks each file before it is provided. */
function guardStore(
  store: Store,
  guard: {
    readonly requireIntact: (key: string) => Promise<void>
    readonly noteCommit: (key: string) => void
  },
): Store {
  return {
    ...store,
    localPath: async (key) => {
      await guard.requireIntact(key)
      return store.localPath(key)
    },
    read: async function* (key) {
      await guard.requireIntact(key)
      yield* store.read(key)
    },
    commit: async (tempPath, key) => {
      const file = await store.commit(tempPath, key)
      guard.noteCommit(key)
      return file
    },
  }
}
