import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { encodeFolderName } from "../../src/engine.ts"

describe("encodeFolderName", () => {
  test.each([
    "2026-01-05",
    "2026-01-05T10",
    "2026-10-25T01+0000",
    "2026-04-05T0130",
    "2026-W02",
    "2026-01",
    "all",
    "de_de.utf-8",
  ])("%s is unchanged", (key) => {
    expect(encodeFolderName(key)).toBe(key)
  })

  test.each([
    ["us/east", "us%2Feast"],
    ["a,b c", "a%2Cb%20c"],
    [".", "%2E"],
    ["..", "%2E%2E"],
    ["ends.", "ends%2E"],
    ["us", "us"],
    ["Us", "Us~2"],
    ["uS", "uS~1"],
    ["US", "US~3"],
    ["de_DE.utf-8", "de_DE.utf-8~18"],
    ["2026-w02", "2026-w02~0"],
    ["2026-01-05t10", "2026-01-05t10~0"],
    [".hidden", "%2Ehidden"],
    ["100%", "100%25"],
    ["country=de", "country%3Dde"],
    ["ü", "%C3%BC"],
    ["👍", "%F0%9F%91%8D"],
    ["~(*)!'\\?[]{}:|\"<>", "%7E%28%2A%29%21%27%5C%3F%5B%5D%7B%7D%3A%7C%22%3C%3E"],
  ])("%s is encoded as %s", (key, folder) => {
    expect(encodeFolderName(key)).toBe(folder)
  })

  const written = fc.string({ unit: "grapheme", minLength: 1, maxLength: 400 })

  test("the name is one path segment that every file system allows", () => {
    fc.assert(
      fc.property(written, (key) => {
        expect(encodeFolderName(key)).toMatch(/^[A-Za-z0-9_+%-][A-Za-z0-9._+%~-]{0,199}$/)
      }),
    )
  })

  test("the name decodes to the key unless it was truncated", () => {
    fc.assert(
      fc.property(written, (key) => {
        const folder = encodeFolderName(key)
        const wasCut = folder.length === 200 && folder.includes("~")
        const [segment = ""] = folder.split("~", 1)
        expect(wasCut || decodeURIComponent(segment) === key).toBe(true)
      }),
    )
  })

  test("keys have different names on file systems that ignore case", () => {
    const letter = fc.constantFrom("a", "A", "b", "B", "2", ".", "%", "~", "é", "É", "T", "t")
    const key = fc.oneof(
      fc.string({ unit: letter, minLength: 1, maxLength: 4 }),
      fc.string({ unit: letter, minLength: 190, maxLength: 210 }),
      fc.constantFrom("2026-01-05T10", "2026-01-05t10", "2026-W02", "2026-w02"),
    )
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 60 }), (keys) => {
        const folders = keys.map((key) => encodeFolderName(key).toLowerCase())
        expect(new Set(folders).size).toBe(keys.length)
      }),
    )
  })

  test("long keys that differ only at the end have different names", () => {
    const start = "k".repeat(300)
    const keys = Array.from({ length: 50_000 }, (_, index) => `${start}${index}`)
    const folders = keys.map(encodeFolderName)
    expect(new Set(folders).size).toBe(keys.length)
    expect(new Set(folders.map((folder) => folder.length))).toEqual(new Set([200]))
    for (const lane of [0, 8, 16, 24]) {
      const hashes = folders.map((folder) => folder.slice(-32).slice(lane, lane + 8))
      expect(new Set(hashes).size).toBeGreaterThan(keys.length - 10) // of random ones 0.3 would be equal
    }
    expect(encodeFolderName("k".repeat(200))).toBe("k".repeat(200))
    expect(encodeFolderName("k".repeat(201))).toMatch(/^k{167}~[0-9a-f]{32}$/)
  })
})
