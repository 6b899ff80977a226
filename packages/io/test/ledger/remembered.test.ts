import { expect, test } from "vitest"

import { readParsedQueries, rememberParsedQueries } from "../../src/ledger/remembered.ts"
import { readRememberedFiles, rememberFiles } from "../../src/ledger/remembered.ts"
import { ledgerDatabase } from "./ledger-database.ts"

const { client } = ledgerDatabase()

test("files are remembered, corrected and forgotten", async () => {
  const learned = new Map([
    ["a.json", { bytes: 5_000_000_000, identity: "1 2 3", hash: "aa" }],
    ["b.json", { bytes: 0, identity: "4 5 6", hash: "bb" }],
  ])
  await rememberFiles(client(), { learned, gone: [] })
  expect(await readRememberedFiles(client())).toEqual(learned)
  const corrected = { bytes: 1, identity: "7 8 9", hash: "cc" }
  await rememberFiles(client(), { learned: new Map([["b.json", corrected]]), gone: ["a.json"] })
  expect(await readRememberedFiles(client())).toEqual(new Map([["b.json", corrected]]))
})

test("parsed queries are remembered for one engine version, and only those that still exist", async () => {
  const first = new Map([
    ["text 1", "parsed 1"],
    ["text 2", "parsed 2"],
  ])
  await rememberParsedQueries(client(), "1.5.6", first)
  expect(await readParsedQueries(client(), "1.5.6")).toEqual(first)
  const next = new Map([
    ["text 2", "parsed 2"],
    ["text 3", "parsed 3"],
  ])
  await rememberParsedQueries(client(), "1.5.6", next)
  expect(await readParsedQueries(client(), "1.5.6")).toEqual(next)
  await rememberParsedQueries(client(), "1.6.0", new Map([["text 1", "other"]]))
  expect((await readParsedQueries(client(), "1.5.6")).size).toBe(0)
  expect(await readParsedQueries(client(), "1.6.0")).toEqual(new Map([["text 1", "other"]]))
})
