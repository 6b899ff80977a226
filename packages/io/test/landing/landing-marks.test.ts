import { mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs"
import { utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { isLandingAsMarked } from "../../src/landing/landing-marks.ts"
import { observeLanding } from "../../src/landing/observe-landing.ts"
import { source, withLandingZone } from "./landing-zone.ts"

const files = {
  "likes/2026-01-04.json": "four",
  "likes/2026-01-05.json/part-0.json": "first",
  "likes/2026-01-05.json/part-1.json": "second",
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
    expect(await isLandingAsMarked(folder, marks)).toBe(true)
    change(folder)
    expect(await isLandingAsMarked(folder, marks)).toBe(false)
  })
})

test("what lies elsewhere, or passes, is not marked", async () => {
  await withLandingZone(files, async (folder) => {
    const marks = (await observe(folder)).marks ?? {}
    mkdirSync(join(folder, "other"))
    writeFileSync(join(folder, "likes/.2026-01-06.json"), "")
    writeFileSync(join(folder, "likes/2026-01-06.json.part"), "")
    expect(await isLandingAsMarked(folder, marks)).toBe(true)
  })
})

test("a landing zone that is empty is not the same as none", async () => {
  await withLandingZone({}, async (folder) => {
    const marks = (await observe(folder)).marks ?? {}
    expect(await isLandingAsMarked(folder, marks)).toBe(true)
    rmSync(folder, { recursive: true })
    expect(await isLandingAsMarked(folder, marks)).toBe(false)
    expect((await observe(folder)).marks).toBeUndefined()
  })
})

test("a file too young for its times to tell has no marks", async () => {
  await withLandingZone(files, async (folder) => {
    expect((await observe(folder, Date.now())).marks).toBeUndefined()
  })
})
