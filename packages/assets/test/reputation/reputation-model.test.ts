import { testAsset } from "@freshet/io/asset-test"
import { expect, test, vi } from "vitest"

import { reputation } from "../../src/index.ts"
import { findAsset } from "../find-asset.ts"
import { materializeDay } from "../stocktwits/materialize-day.ts"
import { withEngine } from "../stocktwits/with-engine.ts"
import { landFiles } from "./land-files.ts"

const assets = reputation({ messageDays: 7 })
const day = "2026-01-07"

test("a message is cleaned step by step: names, links, punctuation, other characters, digits, case", async () => {
  const bodies = new Map([
    ["$AAPL to 200!", "aapl to "],
    ["@ann_1: thanks, @JOSÉmaría", " thanks "],
    ["see https://a.b/c?d=1&e=@f now", "see http now"],
    ["Über 🚀 it's", "ber  its"],
    ["1,5 100%", " "],
  ])
  const rows = await testAsset(findAsset(assets, "clean_messages"), {
    partition: day,
    reads: {
      message_files: [...bodies.keys()].map((body, at) => ({
        message_id: at + 1,
        user_id: 1,
        body,
        created_at: "2026-01-05T00:00:00Z",
        recommended: true,
      })),
    },
  })
  expect(rows.map((row) => row["text"])).toEqual([...bodies.values()])
})

test("weekly documents have the messages of both ends of a week, in the order of time", async () => {
  const message = (id: number, created_at: string, week: string) => {
    return { message_id: id, user_id: 1, created_at, week, text: `m${id}`, recommended: id > 1 }
  }
  const rows = await testAsset(findAsset(assets, "weekly_documents"), {
    partition: day,
    reads: {
      clean_messages: [
        message(1, "2026-01-05T00:00:00Z", "2026-01-05"),
        message(3, "2026-01-11T23:59:59Z", "2026-01-05"),
        message(2, "2026-01-11T23:59:59Z", "2026-01-05"),
        message(4, "2026-01-12T00:00:00Z", "2026-01-12"),
      ],
    },
  })
  expect(rows.map(({ text, messages, is_good }) => [text, messages, is_good])).toEqual([
    ["m1 m2 m3", 3, true],
    ["m4", 1, true],
  ])
})

/** Documents of people whose reputation shows in their words. */
const documents = Array.from({ length: 40 }, (_, at) => ({
  user_id: at + 1,
  week: "2026-01-05",
  text: at % 2 === 0 ? `earnings margin q${at % 3}` : `moon pump ape${at % 3}`,
  is_good: at % 2 === 0,
  is_held_out: at % 5 === 0,
}))
const newMessage = {
  message_id: 1,
  user_id: 1,
  created_at: "2026-01-07T00:00:00Z",
  week: "2026-01-05",
  text: "earnings",
  recommended: true,
}
const earlierRow = {
  part: "intercept",
  name: "intercept",
  idf: null,
  weight: 0.25,
  probability: null,
  value: null,
  documents: null,
}

test("the model has its terms, its scores on held-out documents and its reliability as rows", async () => {
  const rows = await testAsset(findAsset(assets, "reputation_model"), {
    partition: day,
    reads: { messages: [newMessage], documents, earlier: [earlierRow] },
  })
  const select = (part: string) => rows.filter((row) => row["part"] === part)
  expect(select("term").map(({ name }) => name)).toContain("earnings margin")
  expect(select("hold_out").map(({ name, value, documents }) => [name, value, documents])).toEqual([
    ["accuracy", 1, 8],
    ["macro_f1", 1, 8],
  ])
  const reliability = select("reliability")
  expect(reliability.reduce((sum, row) => sum + Number(row["documents"]), 0)).toBe(8)
  expect(new Set(reliability.map(({ value }) => value))).toEqual(new Set([0, 1]))
})

test("a day without messages trains nothing and says so, and keeps the model of the day before", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {})
  const rows = await testAsset(findAsset(assets, "reputation_model"), {
    partition: day,
    reads: { messages: [], documents, earlier: [earlierRow] },
  })
  expect(rows).toEqual([earlierRow])
  expect(log.mock.calls).toEqual([
    ["2026-01-07: no messages, so nothing is trained; the model of the day before stays."],
  ])
  log.mockRestore()
})

/** Messages of four days: as many stored files, which threads read at the same time. */
function landManyMessages(landing: string): void {
  const days = ["2026-01-04", "2026-01-05", "2026-01-06", day]
  const files = days.map((landedDay, file) => {
    const lines = Array.from({ length: 400 }, (_, at) => {
      const isGood = at % 2 === 0
      const words = isGood ? "earnings margin guidance" : "moon rocket pump"
      const rareWord = String.fromCharCode(97 + (at % 11), 97 + ((at * file) % 23))
      const message = {
        id: file * 1000 + at + 1,
        user_id: ((at * 7) % 60) + 1,
        body: `${words} $T${at % 7} ${rareWord} w${"abcdefg"[at % 7] ?? ""}x`,
        created_at: `2026-01-0${(at % 4) + 1}T10:00:00Z`,
        recommended: at % 9 === 0 ? !isGood : isGood,
      }
      return `${JSON.stringify(message)}\n`
    })
    const messages = lines.join("")
    return [
      landedDay,
      { follow: "", reply: "", mention: "", like: "", user: "", messages },
    ] as const
  })
  landFiles(landing, new Map(files))
}

test("the same messages train the same model with 1, 2 and 4 threads, byte for byte", async () => {
  const models: Buffer[] = []
  const names = ["clean_messages", "weekly_documents", "training_documents", "reputation_model"]
  for (const threads of [1, 2, 4])
    await withEngine({ threads }, async (fixture) => {
      landManyMessages(fixture.landing)
      const modelAssets = reputation().filter(({ name }) => names.includes(name))
      const made = await materializeDay(modelAssets, { ...fixture, firstDay: "2026-01-04" }, day)
      const rows = await made.rows("reputation_model")
      expect(rows.length).toBeGreaterThan(100)
      models.push(await made.bytes("reputation_model"))
    })
  expect(models[1]?.equals(models[0] ?? Buffer.of())).toBe(true)
  expect(models[2]?.equals(models[0] ?? Buffer.of())).toBe(true)
})
