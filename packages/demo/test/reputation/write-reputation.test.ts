import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, expect, test } from "vitest"

import { writeReputationInSizes } from "../../src/reputation/write-reputation.ts"

const folder = mkdtempSync(join(tmpdir(), "freshet-demo-reputation-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sizes = { people: 60, follows: 200, engagementsPerDay: 30, messagesPerDay: 200 }

async function generate(name: string, options: { seed?: number; days?: number } = {}) {
  const { seed = 1, days = 2 } = options
  const landing = join(folder, name)
  const files = await writeReputationInSizes(sizes, { seed, landing, days, until: "2026-01-10" })
  return new Map(files.map(({ path }) => [path, readFileSync(join(landing, path), "utf8")]))
}

test("the same seed gives the same bytes, for a day by itself as among others, and another seed others", async () => {
  const first = await generate("a")
  expect(await generate("b")).toEqual(first)
  const lastDay = await generate("c", { days: 1 })
  expect([...lastDay.keys()]).toEqual([
    "reputation/follow/2026-01-10.csv",
    "reputation/reply/2026-01-10.csv",
    "reputation/mention/2026-01-10.csv",
    "reputation/like/2026-01-10.csv",
    "reputation/user/2026-01-10.csv",
    "reputation/messages/2026-01-10.json",
  ])
  for (const [path, text] of lastDay) expect(text).toBe(first.get(path))
  expect(await generate("d", { seed: 2 })).not.toEqual(first)
})

test("snapshots have the events of 90 days, and follows all of them up to the day", async () => {
  const files = await generate("e")
  const readTimes = (path: string, at: number) =>
    (files.get(`reputation/${path}.csv`) ?? "")
      .trim()
      .split("\n")
      .map((line) => line.split(",")[at] ?? "")
  const replies = readTimes("reply/2026-01-10", 3)
  expect(replies).toHaveLength(900)
  expect([replies[0]?.slice(0, 10), replies.at(-1)?.slice(0, 10)]).toEqual([
    "2025-10-13",
    "2026-01-10",
  ])
  const [earlier, later] = [readTimes("follow/2026-01-09", 2), readTimes("follow/2026-01-10", 2)]
  expect(later.slice(0, earlier.length)).toEqual(earlier)
  expect(later.length).toBe(earlier.length + 1)
})

test("people whom the site recommends write other words than the others", async () => {
  const lines = ((await generate("f")).get("reputation/messages/2026-01-10.json") ?? "").trim()
  const messages = lines
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly body: string; readonly recommended: boolean }) // as generated
  const shareOfRockets = (recommended: boolean) => {
    const bodies = messages.filter((message) => message.recommended === recommended)
    return bodies.filter(({ body }) => /moon|rocket|yolo|pump|🚀/.test(body)).length / bodies.length
  }
  expect(shareOfRockets(false)).toBeGreaterThan(2 * shareOfRockets(true))
})
