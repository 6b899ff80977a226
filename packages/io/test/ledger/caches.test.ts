import { expect, test } from "vitest"

import { readParsedQueries, saveParsedQueries } from "../../src/ledger/caches.ts"
import { readHashedFiles, saveHashChanges } from "../../src/ledger/caches.ts"
import { openLedgerDatabase } from "./ledger-database.ts"

const { client } = openLedgerDatabase()

test("hashes of files are stored, replaced and removed", async () => {
  const addedFiles = new Map([
    ["a.json", { bytes: 5_000_000_000, identity: "1 2 3", hash: "aa" }],
    ["b.json", { bytes: 0, identity: "4 5 6", hash: "bb" }],
  ])
  await saveHashChanges(client(), { addedFiles, removedPaths: [] })
  expect(await readHashedFiles(client())).toEqual(addedFiles)
  const corrected = { bytes: 1, identity: "7 8 9", hash: "cc" }
  await saveHashChanges(client(), {
    addedFiles: new Map([["b.json", corrected]]),
    removedPaths: ["a.json"],
  })
  expect(await readHashedFiles(client())).toEqual(new Map([["b.json", corrected]]))
})

test("parsed queries are remembered for one engine version, and only those that still exist", async () => {
  const first = new Map([
    ["text 1", "parsed 1"],
    ["text 2", "parsed 2"],
  ])
  await saveParsedQueries(client(), "1.5.6", first)
  expect(await readParsedQueries(client(), "1.5.6")).toEqual(first)
  const next = new Map([
    ["text 2", "parsed 2"],
    ["text 3", "parsed 3"],
  ])
  await saveParsedQueries(client(), "1.5.6", next)
  expect(await readParsedQueries(client(), "1.5.6")).toEqual(next)
  await saveParsedQueries(client(), "1.6.0", new Map([["text 1", "other"]]))
  expect((await readParsedQueries(client(), "1.5.6")).size).toBe(0)
  expect(await readParsedQueries(client(), "1.6.0")).toEqual(new Map([["text 1", "other"]]))
})
