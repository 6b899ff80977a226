import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { openFolderStore, type Store } from "@freshet/io"
import { expect, test } from "vitest"

import { createStoredFiles, type RecordedFile } from "../src/stored-files.ts"

interface Lake {
  readonly store: Store
  /** The path of the file. */
  readonly path: string
  readonly record: RecordedFile
  /** The keys of the files that were read in full. */
  readonly reads: string[]
}

const file = "items/2026-01-05/v.parquet"

/** Runs work with a lake of one file, whose bytes are recorded. */
async function withLake(work: (lake: Lake) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "freshet-files-"))
  try {
    const reads: string[] = []
    const folderStore = openFolderStore(folder)
    const store: Store = {
      ...folderStore,
      measure: (key) => {
        reads.push(key)
        return folderStore.measure(key)
      },
    }
    const tempPath = await store.tempPath(".parquet")
    await writeFile(tempPath, "the rows of a partition")
    const { checksum, identity: fileIdentity } = await store.commit(tempPath, file)
    const record = { id: 1, file, checksum, fileIdentity }
    await work({ store, path: join(folder, file), record, reads })
  } finally {
    await rm(folder, { recursive: true })
  }
}

test("a file with the recorded identity is intact and is not read", async () => {
  await withLake(async ({ store, record, reads }) => {
    const files = createStoredFiles(store)
    expect(await files.check(files.remember([record]))).toEqual(["intact"])
    await files.store.localPath(file)
    expect(reads).toEqual([])
    expect(files.takeChanges()).toEqual([])
  })
})

test("a copy with the recorded bytes is read once, and its identity is recorded", async () => {
  await withLake(async ({ store, path, record, reads }) => {
    await writeFile(path, "the rows of a partition")
    const files = createStoredFiles(store)
    expect(await files.check(files.remember([record]))).toEqual(["intact"])
    await files.store.localPath(file)
    expect(reads).toEqual([file])
    const { checksum } = record
    const identity = await store.identify(file)
    const change = { id: 1, recordedChecksum: checksum, checksum, identity }
    expect(files.takeChanges()).toEqual([change])
    const nextFiles = createStoredFiles(store)
    expect(await nextFiles.check([{ ...record, fileIdentity: identity }])).toEqual(["intact"])
    expect(reads).toEqual([file])
  })
})

test("each file with one flipped bit is damaged, even with the recorded times, and is not provided", async () => {
  await withLake(async ({ store, path, record }) => {
    const bytes = await readFile(path)
    const written = new Date(0)
    await utimes(path, written, written)
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damagedBytes = Buffer.from(bytes)
      damagedBytes[bit >> 3] = (damagedBytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await writeFile(path, damagedBytes)
      await utimes(path, written, written)
      const files = createStoredFiles(store)
      expect(await files.check(files.remember([record]))).toEqual(["damaged"])
      await expect(files.store.localPath(file)).rejects.toThrow("is damaged")
      await expect(readAll(files.store)).rejects.toThrow("is damaged")
    }
  })
})

test("a damaged file loses its recorded identity, so that it is read again; its checksum stays", async () => {
  await withLake(async ({ store, path, record }) => {
    await writeFile(path, "other rows")
    const { checksum } = record
    const files = createStoredFiles(store)
    await files.check([record])
    expect(files.takeChanges()).toEqual([
      { id: 1, recordedChecksum: checksum, checksum, identity: null },
    ])
    files.noteDamage(record)
    expect(files.takeChanges()).toEqual([
      { id: 1, recordedChecksum: checksum, checksum: "", identity: null },
    ])
  })
})

test("a file without a recorded checksum is intact; its checksum is recorded when it is read", async () => {
  await withLake(async ({ store, record, reads }) => {
    const { checksum, fileIdentity: identity } = record
    const files = createStoredFiles(store)
    const unread = { id: 1, file, checksum: null, fileIdentity: null }
    expect(await files.check(files.remember([unread]))).toEqual(["intact"])
    expect(reads).toEqual([])
    await readAll(files.store)
    expect(files.takeChanges()).toEqual([{ id: 1, recordedChecksum: null, checksum, identity }])
  })
})

test("a removed file is missing", async () => {
  await withLake(async ({ store, path, record }) => {
    await rm(path)
    const files = createStoredFiles(store)
    expect(await files.check(files.remember([record]))).toEqual(["missing"])
    await expect(files.store.localPath(file)).rejects.toThrow("the store has no file")
  })
})

test("a file that this process wrote is intact, although an earlier record has another checksum", async () => {
  await withLake(async ({ store, record }) => {
    const files = createStoredFiles(store)
    const tempPath = await files.store.tempPath(".parquet")
    await writeFile(tempPath, "new rows")
    await files.store.commit(tempPath, file)
    expect(await files.check(files.remember([record]))).toEqual(["intact"])
    expect(await readAll(files.store)).toBe("new rows")
  })
})

async function readAll(store: Store): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of store.read(file)) parts.push(part)
  return Buffer.concat(parts).toString("utf8")
}
