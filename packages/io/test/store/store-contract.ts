import { readFile, writeFile } from "node:fs/promises"

import { describe, expect, test } from "vitest"

import type { Store, StoredFile } from "../../src/store/store.ts"

/** Tests the promises of every store. */
export function testStoreContract(name: string, createStore: () => Promise<Store>): void {
  const put = async (store: Store, key: string, text: string) => {
    const path = await store.tempPath(".txt")
    await writeFile(path, text)
    await store.commit(path, key)
  }

  const readPages = async (store: Store) => {
    const pages: (readonly StoredFile[])[] = []
    for await (const page of store.list()) pages.push(page)
    return pages
  }
  const readText = async (store: Store, key: string) => {
    const parts: Uint8Array[] = []
    for await (const part of store.read(key)) parts.push(part)
    return Buffer.concat(parts).toString("utf8")
  }
  const listKeys = async (store: Store) =>
    (await readPages(store))
      .flat()
      .map(({ key }) => key)
      .toSorted()

  describe(`the store contract, ${name}`, () => {
    test("a file is there under its key once it is committed, and not before", async () => {
      const store = await createStore()
      const path = await store.tempPath(".txt")
      await writeFile(path, "rows")
      expect(await store.exists("a/2026-01-05/v1.txt")).toBe(false)
      await store.commit(path, "a/2026-01-05/v1.txt")
      expect(await store.exists("a/2026-01-05/v1.txt")).toBe(true)
      expect(await readText(store, "a/2026-01-05/v1.txt")).toBe("rows")
      expect(await readFile(await store.localPath("a/2026-01-05/v1.txt"), "utf8")).toBe("rows")
    })

    test("committing again replaces the file", async () => {
      const store = await createStore()
      await put(store, "a/v.txt", "one")
      expect(await readFile(await store.localPath("a/v.txt"), "utf8")).toBe("one")
      await put(store, "a/v.txt", "two")
      expect(await readFile(await store.localPath("a/v.txt"), "utf8")).toBe("two")
      expect(await readText(store, "a/v.txt")).toBe("two")
    })

    test("a large file is read whole, a part at a time", async () => {
      const store = await createStore()
      const text = "0123456789".repeat(300_000)
      await put(store, "a/v.txt", text)
      expect(await readText(store, "a/v.txt")).toBe(text)
    })

    test("a file asked for many times at once is there each time", async () => {
      const store = await createStore()
      await put(store, "a/v.txt", "rows")
      const paths = await Promise.all(Array.from({ length: 20 }, () => store.localPath("a/v.txt")))
      const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")))
      expect(new Set(texts)).toEqual(new Set(["rows"]))
    })

    test("reading a file that was removed or never committed is an error", async () => {
      const store = await createStore()
      await put(store, "a/v.txt", "rows")
      await store.localPath("a/v.txt")
      await store.remove(["a/v.txt"])
      for (const key of ["a/v.txt", "a/w.txt"]) {
        const fault = { code: "store", message: `the store has no file ${key}` }
        await expect(store.localPath(key)).rejects.toMatchObject(fault)
        await expect(readText(store, key)).rejects.toMatchObject(fault)
      }
    })

    test("a file has a place for messages before it is there, inside that of the store", async () => {
      const store = await createStore()
      expect(store.locate("a/1/v.txt")).toBe(`${store.locate()}/a/1/v.txt`)
    })

    test("the test of a writable store succeeds and leaves no file", async () => {
      const store = await createStore()
      await store.probe()
      expect(await listKeys(store)).toEqual([])
      expect(await store.measureTemp()).toEqual({ files: 0, bytes: 0 })
    })

    test("a commit returns the size, the checksum and the identity of the file", async () => {
      const store = await createStore()
      const path = await store.tempPath(".txt")
      await writeFile(path, "rows")
      const { bytes, checksum, identity } = await store.commit(path, "a/v.txt")
      expect({ bytes, checksum }).toEqual({ bytes: 4, checksum: "896f249d4a4013ec" })
      expect(await store.identify("a/v.txt")).toBe(identity)
      expect(await store.measure("a/v.txt")).toEqual({ checksum, identity })
    })

    test("another file under the same key has another identity", async () => {
      const store = await createStore()
      await put(store, "a/v.txt", "rows")
      const first = await store.measure("a/v.txt")
      await put(store, "a/v.txt", "rows")
      const second = await store.measure("a/v.txt")
      expect(second?.checksum).toBe(first?.checksum)
      expect(second?.identity).not.toBe(first?.identity)
    })

    test("a missing file has neither identity nor checksum", async () => {
      const store = await createStore()
      expect(await store.identify("a/v.txt")).toBe(undefined)
      expect(await store.measure("a/v.txt")).toBe(undefined)
    })

    test("many files are committed at once", async () => {
      const store = await createStore()
      const keys = Array.from({ length: 50 }, (_, at) => `a/${at % 5}/${at}.txt`)
      await Promise.all(keys.map((key) => put(store, key, key)))
      expect(await Promise.all(keys.map((key) => store.exists(key)))).toEqual(keys.map(() => true))
    })

    test("the first of concurrent claims owns the store, and no listed file records the owner", async () => {
      const store = await createStore()
      expect(await store.owner()).toBe(undefined)
      const claimants = Array.from({ length: 20 }, (_, at) => `ledger ${at}`)
      const owners = new Set(await Promise.all(claimants.map((claimant) => store.claim(claimant))))
      expect(owners.size).toBe(1)
      const [owner] = owners
      expect(claimants).toContain(owner)
      expect(await store.claim("another")).toBe(owner)
      expect(await store.owner()).toBe(owner)
      expect(await listKeys(store)).toEqual([])
      expect(await store.measureTemp()).toEqual({ files: 0, bytes: 0 })
    })

    test("remove deletes files and ignores missing ones", async () => {
      const store = await createStore()
      for (const key of ["a/1/v.txt", "a/2/v.txt", "b/1/v.txt"]) await put(store, key, key)
      await store.remove(["a/1/v.txt", "b/1/v.txt", "c/1/v.txt"])
      await store.remove(["a/1/v.txt"])
      expect(await listKeys(store)).toEqual(["a/2/v.txt"])
      await put(store, "a/1/v.txt", "again")
      expect(await store.exists("a/1/v.txt")).toBe(true)
    })

    test("nothing is removed if a key is invalid", async () => {
      const store = await createStore()
      await put(store, "a/v.txt", "rows")
      await expect(store.remove(["a/v.txt", "../v.txt"])).rejects.toMatchObject({ code: "store" })
      expect(await store.exists("a/v.txt")).toBe(true)
    })

    test("every file is listed once, with its size and the time of writing, in pages; temporary ones are not", async () => {
      const store = await createStore()
      const startedMs = Date.now()
      const keys = Array.from({ length: 1203 }, (_, at) => `a/${at % 7}/${at}.txt`)
      await Promise.all(keys.map((key) => put(store, key, key)))
      await writeFile(await store.tempPath(".txt"), "half")
      const pages = await readPages(store)
      expect(pages.length).toBeGreaterThan(1)
      const files = pages.flat()
      expect(files.map(({ key }) => key).toSorted()).toEqual(keys.toSorted())
      for (const { key, bytes, modifiedMs } of files) {
        expect(bytes).toBe(key.length)
        expect(Math.abs(modifiedMs - startedMs)).toBeLessThan(60_000)
      }
    })

    test("an empty store lists no files and removes none", async () => {
      const store = await createStore()
      expect(await readPages(store)).toEqual([])
      await store.remove(["a/v.txt"])
      expect(await store.measureTemp()).toEqual({ files: 0, bytes: 0 })
    })

    test.each(["../a", "a/../../b", "/etc/passwd", "", "a//b", "a/./b", ".tmp/x", "a\\b", "a\0b"])(
      "%j is no key",
      async (key) => {
        const store = await createStore()
        const fault = {
          code: "store",
          message: expect.stringContaining("is not a key of the store"),
        }
        expect(() => store.locate(key)).toThrow("is not a key of the store")
        await expect(store.localPath(key)).rejects.toMatchObject(fault)
        await expect(readText(store, key)).rejects.toMatchObject(fault)
        await expect(store.exists(key)).rejects.toMatchObject(fault)
      },
    )

    test("a file that was never written cannot be committed", async () => {
      const store = await createStore()
      await expect(store.commit(await store.tempPath(".txt"), "a/v.txt")).rejects.toMatchObject({
        code: "store",
        message: "the store cannot keep a/v.txt (ENOENT)",
      })
    })
  })
}
