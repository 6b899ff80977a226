import { createHash } from "node:crypto"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { describe, expect, test } from "vitest"

import type { StocktwitsDemoProgress } from "../../src/stocktwits/summary.ts"
import { writeStocktwits, writeStocktwitsInSizes } from "../../src/stocktwits/write-stocktwits.ts"
import {
  findEvent,
  generateLanding,
  groupLinesByDay,
  smallOptions,
  smallSizes,
} from "./generate-landing.ts"
import type { GeneratedLanding } from "./generate-landing.ts"

const everything = { days: 10, malformed: true, gaps: true }

function sha256({ files }: GeneratedLanding): string {
  const hash = createHash("sha256")
  for (const path of [...files.keys()].toSorted()) hash.update(`${path}\n${files.get(path) ?? ""}`)
  return hash.digest("hex")
}

describe("the bytes", () => {
  test("are the same for the same options, on every machine", async () => {
    const first = sha256(await generateLanding(everything))
    expect(sha256(await generateLanding(everything))).toBe(first)
    expect(first).toMatchInlineSnapshot(
      `"3ccec1847b0d26274f9bd46da3f3a2e7ed66cee62ee926fec357b34a6355bbff"`,
    )
  })

  test("are others for another seed", async () => {
    const one = await generateLanding({ days: 1, seed: 1 })
    const two = await generateLanding({ days: 1, seed: 2 })
    const big = await generateLanding({ days: 1, seed: 1 + 2 ** 40 })
    const negative = await generateLanding({ days: 1, seed: -1 })
    expect(new Set([one, two, big, negative].map(sha256)).size).toBe(4)
  })

  test("of a day do not depend on how many days come before it", async () => {
    const short = await generateLanding({ days: 2, malformed: true })
    const long = await generateLanding({ days: 4, malformed: true })
    for (const path of ["2026-01-09", "2026-01-10"].map(
      (day) => `stocktwits/activity/${day}.json`,
    )) {
      expect(short.files.get(path)).toBeDefined()
      expect(short.files.get(path)).toBe(long.files.get(path))
    }
  })
})

describe("the summary", () => {
  test("counts the events that are in the files", async () => {
    const data = await generateLanding(everything)
    const counts = { message: 0, like: 0, follow: 0, subscribe: 0 }
    const lines = [...groupLinesByDay(data).values()].flat()
    for (const line of new Set(lines)) {
      const event = findEvent(line)
      if (event !== undefined) counts[event.action] += 1
    }
    expect(counts).toEqual(data.summary.events)
  })

  test("names the days that have no activity file", async () => {
    const data = await generateLanding(everything)
    const days = Array.from(
      { length: 10 },
      (_, index) => `2026-01-${String(index + 1).padStart(2, "0")}`,
    )
    const landed = groupLinesByDay(data)
    expect(data.summary.missingDays).toHaveLength(1)
    expect(data.summary.missingDays).toEqual(days.filter((day) => !landed.has(day)))
    expect(landed.has("2026-01-01") && landed.has("2026-01-10")).toBe(true)
  })

  test("lists every file with its size, and there are no others", async () => {
    const { summary, files } = await generateLanding(everything)
    const sizes = new Map(
      Array.from(files, ([path, content]) => [path, Buffer.byteLength(content)]),
    )
    expect(new Map(summary.files.map(({ path, bytes }) => [path, bytes]))).toEqual(sizes)
    expect(summary.bytes).toBe([...sizes.values()].reduce((total, bytes) => total + bytes, 0))
  })
})

test("four days or fewer have no gap", async () => {
  expect((await generateLanding({ days: 4, gaps: true })).summary.missingDays).toEqual([])
})

test("progress is reported after each day, missing ones too", async () => {
  const landing = await mkdtemp(join(tmpdir(), "freshet-demo-data-"))
  const told: StocktwitsDemoProgress[] = []
  const options = { ...smallOptions, days: 5, gaps: true, landing }
  const summary = await writeStocktwitsInSizes(smallSizes, options, (progress) =>
    told.push(progress),
  )
  expect(told.map(({ index, days }) => `${index}/${days}`)).toEqual([
    "1/5",
    "2/5",
    "3/5",
    "4/5",
    "5/5",
  ])
  expect(told.flatMap(({ files }) => files)).toEqual(summary.files)
  await rm(landing, { recursive: true })
})

test("all problems of invalid options are reported at once", async () => {
  const options = { ...smallOptions, landing: "unused", days: 0, seed: 0.5, until: "2026-02-30" }
  await expect(writeStocktwits(options)).rejects.toMatchObject({
    code: "usage",
    problems: [
      { message: "0 is not a number of days: give a whole number from 1" },
      { message: "0.5 is not a seed: give a whole number" },
      { message: '"2026-02-30" is not a day: write it as YYYY-MM-DD' },
    ],
  })
})

test("a landing zone that is a file is an error, and the file stays as it is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "freshet-demo-data-"))
  const landing = join(folder, "landing")
  await writeFile(landing, "mine")
  await expect(writeStocktwitsInSizes(smallSizes, { ...smallOptions, landing })).rejects.toThrow(
    "ENOTDIR",
  )
  await rm(folder, { recursive: true })
})
