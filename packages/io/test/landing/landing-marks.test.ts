import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs"
import { utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { build } from "esbuild"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { isAsSeen, type LandingMarks } from "../../src/landing/landing-marks.ts"
import { folderMark, listFolder } from "../../src/landing/list-folder.ts"
import { observeLanding } from "../../src/landing/observe-landing.ts"
import { source, withLandingZone } from "./landing-zone.ts"

const files = {
  "likes/2026-01-04.json": "four",
  "likes/2026-01-05.json/part-0.json": "first",
  "likes/2026-01-05.json/part-1.json": "second",
}

function seenIn(landingFolder: string, marks: LandingMarks) {
  return { landingFolder, marks, lake: "nowhere", files: [] }
}

function observe(folder: string, nowMs = Date.now() + 3_600_000) {
  const sources = [source("likes"), source("follows")]
  return observeLanding({ sources, folder, remembered: new Map(), nowMs })
}

test.each<[string, (folder: string) => void]>([
  ["a file that landed", (folder) => writeFileSync(join(folder, "likes/2026-01-06.json"), "six")],
  ["a part that landed", (folder) => writeFileSync(join(folder, "likes/2026-01-05.json/x"), "")],
  ["a file that is gone", (folder) => rmSync(join(folder, "likes/2026-01-04.json"))],
  [
    "a file with another name",
    (folder) =>
      renameSync(join(folder, "likes/2026-01-04.json"), join(folder, "likes/2026-01-03.json")),
  ],
  [
    "other content of the same size and time",
    (folder) => {
      const path = join(folder, "likes/2026-01-05.json/part-0.json")
      const { atime, mtime } = statSync(path)
      writeFileSync(path, readFileSync(path, "utf8").replace("f", "F"))
      utimesSync(path, atime, mtime)
    },
  ],
  [
    "a folder in place of a file",
    (folder) => {
      rmSync(join(folder, "likes/2026-01-04.json"))
      mkdirSync(join(folder, "likes/2026-01-04.json"))
    },
  ],
  [
    "a folder where there was none",
    (folder) => {
      mkdirSync(join(folder, "follows"))
      writeFileSync(join(folder, "follows/2026-01-04.json"), "")
    },
  ],
  ["a landing zone that is gone", (folder) => rmSync(folder, { recursive: true })],
])("%s is told by the marks", async (_, change) => {
  await withLandingZone(files, async (folder) => {
    const marks = (await observe(folder)).marks ?? {}
    expect(Object.keys(marks)).toEqual(["likes", "likes/2026-01-05.json", "follows"])
    expect(await isAsSeen(seenIn(folder, marks))).toBe(true)
    change(folder)
    expect(await isAsSeen(seenIn(folder, marks))).toBe(false)
  })
})

test.each([0, 1.5, 1_795_361_855.019_804, -86_400.25, -0.000_001])(
  "a file of the second %s has the same mark however it is looked at",
  async (time) => {
    await withLandingZone(files, async (folder) => {
      utimesSync(join(folder, "likes/2026-01-04.json"), time, time)
      const { mark } = listFolder(folder, "likes")
      expect(folderMark(folder, "likes")).toBe(mark)
    })
  },
)

test("what lies elsewhere, or passes, is not marked", async () => {
  await withLandingZone(files, async (folder) => {
    const marks = (await observe(folder)).marks ?? {}
    mkdirSync(join(folder, "other"))
    writeFileSync(join(folder, "likes/.2026-01-06.json"), "")
    writeFileSync(join(folder, "likes/2026-01-06.json.part"), "")
    expect(await isAsSeen(seenIn(folder, marks))).toBe(true)
  })
})

test("a landing zone that is empty is not the same as none", async () => {
  await withLandingZone({}, async (folder) => {
    const marks = (await observe(folder)).marks ?? {}
    expect(await isAsSeen(seenIn(folder, marks))).toBe(true)
    rmSync(folder, { recursive: true })
    expect(await isAsSeen(seenIn(folder, marks))).toBe(false)
    expect((await observe(folder)).marks).toBeUndefined()
  })
})

test("a file too young for its times to tell has no marks", async () => {
  await withLandingZone(files, async (folder) => {
    expect((await observe(folder, Date.now())).marks).toBeUndefined()
  })
})

describe("a landing zone of many files", () => {
  const folders = ["likes", "follows", "posts", "users"]
  const built = mkdtempSync(join(tmpdir(), "freshet-helper-"))
  const helperPath = join(built, "helper.cjs")
  const landing = join(built, "landing")
  const pathOf = (folder: string, at: number) => join(landing, folder, `${at}.json`)
  afterAll(() => rmSync(built, { recursive: true }))

  beforeAll(async () => {
    const entry = join(import.meta.dirname, "../../src/landing/seen-helper.ts")
    const options = { bundle: true, format: "cjs", platform: "node", target: "node20" } as const
    await build({ ...options, entryPoints: [entry], outfile: helperPath })
    for (const folder of folders) {
      mkdirSync(join(landing, folder), { recursive: true })
      for (let at = 0; at < 5000; at += 1) writeFileSync(pathOf(folder, at), "")
    }
  })

  const files = Array.from({ length: 1200 }, (_, at) => `likes/${at}.json`)
  const seen = () => {
    const marks = Object.fromEntries(folders.map((each) => [each, folderMark(landing, each)]))
    return { landingFolder: landing, marks, lake: landing, files }
  }

  test("is looked at by two threads, each of which sees what is not as it was", async () => {
    const before = seen()
    expect(await isAsSeen(before, helperPath)).toBe(true)
    for (const folder of folders) {
      const { marks } = seen()
      writeFileSync(pathOf(folder, 17), "now")
      expect(await isAsSeen({ ...before, marks }, helperPath)).toBe(false)
    }
    expect(await isAsSeen(seen(), helperPath)).toBe(true)
  })

  test.each([0, 499, 500, 1200])("file %i of the lake is missed by either", async (at) => {
    const more = files.toSpliced(at, 0, "likes/missing.json")
    expect(await isAsSeen({ ...seen(), files: more }, helperPath)).toBe(false)
  })

  test("is not taken for unchanged where the second thread fails", async () => {
    const broken = join(built, "broken.mjs")
    writeFileSync(broken, "throw new Error('out of order')")
    await expect(isAsSeen(seen(), broken)).rejects.toThrow("out of order")
    writeFileSync(broken, "")
    await expect(isAsSeen(seen(), broken)).rejects.toThrow("ended")
  })
})
