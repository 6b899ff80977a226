import { mkdtempSync, rmSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { expect, test } from "vitest"

import { recordDiskEvents } from "./disk-journal.ts"

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-durability-"))
  try {
    await work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Replaces the random names of temporary files. */
const hideNames = (events: readonly string[]) =>
  events.map((event) => event.replace(/[0-9a-f-]{36}/, "*"))

test("a committed file is synced before its rename, and every new folder after it is created", () =>
  withFolder(async (folder) => {
    const { openFolderStore } = await import("../../src/store/folder-store.ts")
    const store = openFolderStore(folder)
    const commit = async (key: string) => {
      const path = await store.tempPath(".txt")
      await writeFile(path, "rows")
      await store.commit(path, key)
    }
    expect(hideNames(await recordDiskEvents(folder, () => commit("a/1/v.txt")))).toEqual([
      "sync .tmp/*.txt",
      "sync a",
      "sync ",
      "rename to a/1/v.txt",
      "sync a/1",
    ])
    expect(hideNames(await recordDiskEvents(folder, () => commit("a/1/w.txt")))).toEqual([
      "sync .tmp/*.txt",
      "rename to a/1/w.txt",
      "sync a/1",
    ])
  }))

test("the owner of a store is synced before and after it is there", () =>
  withFolder(async (folder) => {
    const { openFolderStore } = await import("../../src/store/folder-store.ts")
    const events = await recordDiskEvents(folder, () => openFolderStore(folder).claim("me"))
    expect(hideNames(events)).toEqual(["sync .tmp/*.owner", "link .owner", "sync "])
  }))

test("a copy of an object is synced before its rename", () =>
  withFolder(async (folder) => {
    const { createObjectCache } = await import("../../src/store/object-cache.ts")
    const cache = createObjectCache(folder, 1000)
    const events = await recordDiskEvents(folder, () =>
      cache.provide({ key: "v.txt", identity: "1" }, (path) => writeFile(path, "rows")),
    )
    expect(hideNames(events)).toEqual(["sync .*", expect.stringMatching(/^rename to /)])
  }))

test("a state file is synced before its rename", () =>
  withFolder(async (folder) => {
    const { readStateFile, writeStateFile } = await import("../../src/ledger/state-file.ts")
    const state = {
      ledger: "l",
      epoch: 0,
      epochIdentity: "",
      step: 0,
      stepIdentity: "",
      histories: new Map(),
    }
    const path = join(folder, "state")
    const events = await recordDiskEvents(folder, async () => writeStateFile(path, state))
    expect(hideNames(events)).toEqual(["sync state.*.draft", "rename to state"])
    expect(readStateFile(path)).toMatchObject({ ledger: "l" })
  }))
