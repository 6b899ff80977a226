import { readFile, writeFile } from "node:fs/promises"

import { describe, expect, test } from "vitest"

import type { Store } from "../../src/store/store.ts"

/** What every store promises. */
export function storeContract(name: string, make: () => Promise<Store>): void {
  const put = async (store: Store, key: string, text: string) => {
    const path = await store.tempPath(".txt")
    await writeFile(path, text)
    await store.commit(path, key)
  }

  describe(`the store contract, ${name}`, () => {
    test("a file is there under its key once it is committed, and not before", async () => {
      const store = await make()
      const path = await store.tempPath(".txt")
      await writeFile(path, "rows")
      expect(await store.exists("a/2026-01-05/v1.txt")).toBe(false)
      await store.commit(path, "a/2026-01-05/v1.txt")
      expect(await store.exists("a/2026-01-05/v1.txt")).toBe(true)
      expect(await readFile(store.path("a/2026-01-05/v1.txt"), "utf8")).toBe("rows")
    })

    test("committing again replaces the file", async () => {
      const store = await make()
      await put(store, "a/v.txt", "one")
      await put(store, "a/v.txt", "two")
      expect(await readFile(store.path("a/v.txt"), "utf8")).toBe("two")
    })

    test("many files are committed at once", async () => {
      const store = await make()
      const keys = Array.from({ length: 50 }, (_, at) => `a/${at % 5}/${at}.txt`)
      await Promise.all(keys.map((key) => put(store, key, key)))
      expect(await Promise.all(keys.map((key) => store.exists(key)))).toEqual(keys.map(() => true))
    })

    test("deleting takes a file away, and does nothing where there is none", async () => {
      const store = await make()
      await put(store, "a/v.txt", "one")
      await store.delete("a/v.txt")
      await store.delete("a/v.txt")
      expect(await store.exists("a/v.txt")).toBe(false)
    })

    test.each(["../a", "a/../../b", "/etc/passwd", "", "a//b", "a/./b", ".tmp/x", "a\\b", "a\0b"])(
      "%j is no key",
      async (key) => {
        const store = await make()
        expect(() => store.path(key)).toThrow("is not a key of the store")
        await expect(store.exists(key)).rejects.toMatchObject({ code: "store" })
      },
    )

    test("a file that was never written cannot be committed", async () => {
      const store = await make()
      await expect(store.commit(await store.tempPath(".txt"), "a/v.txt")).rejects.toMatchObject({
        code: "store",
        message: "the store cannot keep a/v.txt (ENOENT)",
      })
    })
  })
}
