import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, expect, test } from "vitest"

import { openFolderStore } from "../../src/store/folder.ts"
import { storeContract } from "./store-contract.ts"

const folders: string[] = []
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), "freshet-store-"))
  folders.push(folder)
  return folder
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

storeContract("in a folder", async () => openFolderStore(join(await newFolder(), "lake")))

test("sweeping removes the temporary files of others, never one's own and never what is committed", async () => {
  const folder = await newFolder()
  const [dead, store] = [openFolderStore(folder), openFolderStore(folder)]
  await writeFile(await dead.tempPath(".parquet"), "half")
  const mine = await store.tempPath(".parquet")
  await writeFile(mine, "whole")
  expect(await store.sweepTemp()).toBe(1)
  await store.commit(mine, "a/v.parquet")
  expect(await store.sweepTemp()).toBe(0)
  expect(await readdir(join(folder, "a"))).toEqual(["v.parquet"])
})
