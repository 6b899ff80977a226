import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

import { afterAll, expect, test } from "vitest"

import { openFolderStore } from "../../src/store/folder-store.ts"
import { createScratchStore } from "../../src/store/scratch-store.ts"
import { findKeyKind, getKeyAsset } from "../../src/store/store-key.ts"
import {
  buildOutputKey,
  buildQuarantineKey,
  buildFailedRowsKey,
  buildLandedKey,
} from "../../src/store/store-key.ts"
import { openMemoryStore } from "./memory-store.ts"
import { testStoreContract } from "./store-contract.ts"

const folders: string[] = []
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), "freshet-store-"))
  folders.push(folder)
  return folder
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

testStoreContract("in a folder", async () => openFolderStore(join(await newFolder(), "lake")))
testStoreContract("in memory", async () => openMemoryStore(join(await newFolder(), "copies")))

test("the test of a store whose folder is a file fails", async () => {
  const file = join(await newFolder(), "lake")
  await writeFile(file, "")
  const message = `the store cannot be written: ${file} (EEXIST)`
  await expect(openFolderStore(file).probe()).rejects.toMatchObject({ code: "store", message })
})

test("sweeping removes temporary files of other processes, never those of this process or committed files", async () => {
  const folder = await newFolder()
  const [dead, store] = [openFolderStore(folder), openFolderStore(folder)]
  await writeFile(await dead.tempPath(".parquet"), "half")
  const mine = await store.tempPath(".parquet")
  await writeFile(mine, "whole")
  expect(await store.measureTemp()).toEqual({ files: 1, bytes: 4 })
  expect(await store.removeTemp()).toEqual({ files: 1, bytes: 4 })
  await store.commit(mine, "a/v.parquet")
  expect(await store.removeTemp()).toEqual({ files: 0, bytes: 0 })
  expect(await readdir(join(folder, "a"))).toEqual(["v.parquet"])
})

test("folders go with the last file in them, and the store's own stays", async () => {
  const folder = await newFolder()
  const store = await openStoreWith(folder, ["a/1/v.parquet", "a/2/v.parquet", "a/2/w.parquet"])
  await store.remove(["a/1/v.parquet", "a/2/v.parquet"])
  expect(await readdir(join(folder, "a"))).toEqual(["2"])
  await store.remove(["a/2/w.parquet"])
  expect((await readdir(folder)).filter((name) => name !== ".tmp")).toEqual([])
})

test("links are neither listed nor followed, and nothing is removed through them", async () => {
  const [folder, elsewhere] = [await newFolder(), await newFolder()]
  const store = await openStoreWith(folder, ["a/1/v.parquet"])
  await writeFile(join(elsewhere, "precious.parquet"), "precious")
  await symlink(elsewhere, join(folder, "a", "2"))
  await symlink(join(elsewhere, "precious.parquet"), join(folder, "a", "1", "w.parquet"))
  const keys: string[] = []
  for await (const page of store.list()) keys.push(...page.map(({ key }) => key))
  expect(keys).toEqual(["a/1/v.parquet"])
  await expect(store.remove(["a/2/precious.parquet"])).rejects.toThrow(
    "nothing is removed through links",
  )
  await store.remove(["a/1/w.parquet"])
  expect(await readdir(elsewhere)).toEqual(["precious.parquet"])
  expect(await readdir(join(folder, "a", "1"))).toEqual(["v.parquet"])
})

test("the folder of a store may be a link", async () => {
  const [folder, beside] = [await newFolder(), await newFolder()]
  await openStoreWith(folder, ["a/1/v.parquet"])
  await symlink(folder, join(beside, "lake"))
  const store = openFolderStore(join(beside, "lake"))
  await store.remove(["a/1/v.parquet"])
  expect(await store.exists("a/1/v.parquet")).toBe(false)
})

test("a read-only store writes temporary files elsewhere, and can neither commit nor remove", async () => {
  const [folder, scratch] = [await newFolder(), await newFolder()]
  const store = createScratchStore(
    await openStoreWith(folder, ["a/1/v.parquet"]),
    async () => scratch,
  )
  const path = await store.tempPath(".parquet")
  expect(dirname(path)).toBe(scratch)
  await writeFile(path, "rows")
  await expect(store.commit(path, "a/2/v.parquet")).rejects.toThrow("only looked at")
  await expect(store.remove(["a/1/v.parquet"])).rejects.toThrow("only looked at")
  await expect(store.probe()).rejects.toThrow("only looked at")
  expect(await store.exists("a/1/v.parquet")).toBe(true)
})

test.each([
  [buildOutputKey("recs", "2026-01-05", "0".repeat(32)), "rows", "recs"],
  [buildFailedRowsKey("recs", "2026-01-05", "f".repeat(32)), "failed_rows", "recs"],
  [`refused/recs/2026-01-05/${"f".repeat(32)}.parquet`, "failed_rows", "recs"], // of earlier versions
  [buildQuarantineKey("log", "all", "1".repeat(32)), "quarantine", "log"],
  [buildLandedKey("log", "ab".repeat(32)), "landed", "log"],
  ["notes.txt", undefined, ""],
  ["recs/2026-01-05/mine.parquet", undefined, "recs"],
  ["photos/2026/a/b/c.parquet", undefined, "2026"],
])("the key of a file shows if a step wrote it: %s", (key, kind, owner) => {
  expect(findKeyKind(key)).toBe(kind)
  expect(getKeyAsset(key)).toBe(owner)
})

async function openStoreWith(folder: string, keys: readonly string[]) {
  const store = openFolderStore(folder)
  for (const key of keys) {
    const path = await store.tempPath(".parquet")
    await writeFile(path, key)
    await store.commit(path, key)
  }
  return store
}
