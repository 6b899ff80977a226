import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { expect, test } from "vitest"

import { createObjectCache } from "../../src/store/object-cache.ts"

const maxBytes = 160

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "freshet-cache-"))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function addCopy(folder: string, key: string, cache = createObjectCache(folder, maxBytes)) {
  await cache.provide({ key, identity: "1" }, async (path) => writeFileSync(path, "0123456789"))
}

const setAge = (folder: string, name: string, minutes: number) => {
  const used = new Date(Date.now() - minutes * 60_000)
  utimesSync(join(folder, name), used, used)
}

test("the copies and abandoned downloads that were not used for longest leave before the cache is full", async () => {
  await withFolder(async (folder) => {
    const cache = createObjectCache(folder, maxBytes)
    writeFileSync(join(folder, ".abandoned"), "0123456789")
    setAge(folder, ".abandoned", 100)
    for (let at = 0; at < 40; at += 1) {
      const names = new Set(readdirSync(folder))
      await addCopy(folder, `a/${at}.bin`, cache)
      const [name] = readdirSync(folder).filter((copy) => !names.has(copy))
      if (name !== undefined) setAge(folder, name, 90 - at)
      expect(readdirSync(folder).length * 10).toBeLessThanOrEqual(maxBytes)
    }
    expect(readdirSync(folder)).not.toContain(".abandoned")
    expect(readdirSync(folder).length * 10).toBeGreaterThan(maxBytes / 2)
  })
})

test("a new process removes old copies, but none that a process may still read", async () => {
  await withFolder(async (folder) => {
    for (let at = 0; at < 40; at += 1) await addCopy(folder, `a/${at}.bin`)
    expect(readdirSync(folder)).toHaveLength(40)
    for (const name of readdirSync(folder)) setAge(folder, name, 11)
    await addCopy(folder, "a/40.bin")
    expect(readdirSync(folder)).toHaveLength(15)
  })
})

test("a copy that is used remains", async () => {
  await withFolder(async (folder) => {
    const cache = createObjectCache(folder, maxBytes)
    const object = { key: "a/v.bin", identity: "1" }
    const download = async (path: string) => writeFileSync(path, "0123456789")
    const path = await cache.provide(object, download)
    for (const name of readdirSync(folder)) setAge(folder, name, 100)
    await cache.provide(object, async () => expect.fail("the copy exists"))
    for (let at = 0; at < 40; at += 1) await addCopy(folder, `a/${at}.bin`, cache)
    expect(readdirSync(folder).map((name) => join(folder, name))).toContain(path)
  })
})

test("a failed download leaves no file", async () => {
  await withFolder(async (folder) => {
    const cache = createObjectCache(folder, maxBytes)
    const download = async (path: string) => {
      writeFileSync(path, "half")
      throw new Error("the connection ended")
    }
    const copy = cache.provide({ key: "a/v.bin", identity: "1" }, download)
    await expect(copy).rejects.toThrow("the connection ended")
    expect(readdirSync(folder)).toEqual([])
  })
})

test("uses of a copy leave its time of writing, which readers compare", async () => {
  await withFolder(async (folder) => {
    const cache = createObjectCache(folder, maxBytes)
    const provide = () =>
      cache.provide({ key: "a/v.bin", identity: "1" }, async (path) => writeFileSync(path, "1"))
    const { mtimeMs } = statSync(await provide())
    setAge(folder, readdirSync(folder)[0] ?? "", 5)
    const aged = statSync(await provide())
    expect(aged.mtimeMs).toBeLessThan(mtimeMs)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(statSync(await provide()).mtimeMs).toBe(aged.mtimeMs)
    expect(statSync(await provide()).atimeMs).toBeGreaterThan(aged.atimeMs)
  })
})
