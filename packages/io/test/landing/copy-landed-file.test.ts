import { createHash } from "node:crypto"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { sourceAsset, text, unpartitioned } from "@freshet/core"
import type { LandedFile } from "@freshet/core/engine"
import { afterEach, beforeEach, expect, test } from "vitest"

import { createLandedCopier, findCopyFault } from "../../src/landing/copy-landed-file.ts"
import { openFolderLanding } from "../../src/landing/folder-landing.ts"
import type { Store } from "../../src/store/store.ts"
import { openMemoryStore } from "../store/memory-store.ts"

const source = sourceAsset({
  name: "prices",
  group: "test",
  description: "Prices.",
  partitions: unpartitioned,
  columns: { price: text() },
  format: { kind: "json_lines" },
  path: "prices.json",
})

let folder: string
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "freshet-copies-"))
  store = openMemoryStore(folder)
})
afterEach(() => rm(folder, { recursive: true }))

const createCopier = () =>
  createLandedCopier({ store, landingZone: openFolderLanding(join(folder, "landed")) })

/** Lands a file; `hash` is the hash of `content`. */
async function land(content: string, landedContent = content): Promise<LandedFile> {
  const path = "prices.json"
  await rm(join(folder, "landed"), { recursive: true, force: true })
  await mkdir(join(folder, "landed"))
  await writeFile(join(folder, "landed", path), landedContent)
  const hash = createHash("sha256").update(content).digest("hex")
  return { path, hash, bytes: content.length }
}

async function readCopy({ copy = "" }: LandedFile): Promise<string> {
  return readFile(await store.localPath(copy), "utf8")
}

/** Replaces the copy of a file in the store by other bytes. */
async function damage({ copy = "" }: LandedFile): Promise<void> {
  const path = await store.tempPath(".landed")
  await writeFile(path, "damaged")
  await store.commit(path, copy)
}

test("a landed file is copied under its hash, and files with the same bytes share the copy", async () => {
  const copyLanded = createCopier()
  const file = await land("10")
  const copies = await Promise.all([copyLanded(source, file), copyLanded(source, file)])
  expect(copies[0]).toEqual({
    ...file,
    copy: `landed/prices/${file.hash.slice(0, 2)}/${file.hash}`,
  })
  expect(copies[1]).toEqual(copies[0])
  expect(await readCopy(copies[0])).toBe("10")
})

test("a copy remains when the landed file is overwritten", async () => {
  const file = await createCopier()(source, await land("10"))
  await land("20")
  expect(await createCopier()(source, file)).toEqual(file)
  expect(await readCopy(file)).toBe("10")
})

test("a landed file that does not have the observed bytes is not copied", async () => {
  const file = await land("10", "20")
  await expect(createCopier()(source, file)).rejects.toThrow(
    "the landed file prices.json changed while the run went on",
  )
  expect(await store.exists(`landed/prices/${file.hash.slice(0, 2)}/${file.hash}`)).toBe(false)
})

test("a lost copy is replaced while the landing zone has its bytes, and is an error afterwards", async () => {
  const file = await createCopier()(source, await land("10"))
  const { copy = "" } = file
  await damage(file)
  expect(await findCopyFault(store, copy)).toBe("damaged")
  await createCopier()(source, file)
  expect(await findCopyFault(store, copy)).toBeUndefined()

  await land("20")
  await damage(file)
  await expect(createCopier()(source, file)).rejects.toThrow(
    "to which the partition is pinned, is damaged",
  )
  await store.remove([copy])
  await expect(createCopier()(source, file)).rejects.toThrow(
    "to which the partition is pinned, is missing",
  )
})
