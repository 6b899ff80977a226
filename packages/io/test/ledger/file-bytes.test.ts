import { expect, test } from "vitest"

import { invalidateFiles, readDirectReaders, saveFileBytes } from "../../src/ledger/file-bytes.ts"
import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import {
  buildMaterialization,
  buildStep,
  buildTestGraph,
  findNewestMaterialization,
  openLedgerDatabase,
  testAsset,
  withRun,
} from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()
const graph = buildTestGraph(testAsset("items", { previousNames: ["goods"] }), testAsset("best"))

test("checksum and identity of a file are recorded with its materialization", async () => {
  const materialization = buildMaterialization({ checksum: "aa", fileIdentity: "1 2 3 4" })
  await withRun(url(), "checksums", ({ ledger }) =>
    ledger.recordStep(buildStep("checksums", { materializations: [materialization] })),
  )
  const record = await findNewestMaterialization(client(), "recs")
  expect(record).toMatchObject({ checksum: "aa", fileIdentity: "1 2 3 4" })
})

test("found bytes are recorded unless the recorded checksum is another one by then", async () => {
  const id = (await findNewestMaterialization(client(), "recs"))?.id ?? 0
  await saveFileBytes(client(), [
    { id, recordedChecksum: "aa", checksum: "aa", identity: "5 6 7 8" },
  ])
  expect(await findNewestMaterialization(client(), "recs")).toMatchObject({
    checksum: "aa",
    fileIdentity: "5 6 7 8",
  })
  const changes = [{ id, recordedChecksum: null, checksum: "bb", identity: "9" }]
  await saveFileBytes(client(), changes)
  expect(await findNewestMaterialization(client(), "recs")).toMatchObject({ checksum: "aa" })
})

test("direct readers are the materializations that read these rows since they were recorded, under any name", async () => {
  const readGoods = (version: string) => [
    { relation: "items", asset: "goods", short: false, versions: [[2, version]] as const },
  ]
  const build = (asset: string, partition: number, data: string) => {
    const inputVersion = `${asset} ${partition} ${data}`
    return buildMaterialization({
      asset,
      partition,
      inputVersion,
      dataVersion: data,
      file: inputVersion,
    })
  }
  const read = (partition: number, version: string, endedMs = 3_000) =>
    buildStep("readers", {
      materializations: [build("best", partition, `best ${partition}`)],
      reads: readGoods(version),
      endedMs,
    })
  const item = { materializations: [build("items", 2, "i2")], reads: [], endedMs: 2_000 }
  await withRun(
    url(),
    "readers",
    async ({ ledger }) => {
      await ledger.recordStep(read(1, "i2", 1_000))
      await ledger.recordStep(buildStep("readers", item))
      await ledger.recordStep(read(2, "i2"))
      await ledger.recordStep(read(3, "another version"))
    },
    { graph },
  )
  const id = (await findNewestMaterialization(client(), "items", 2))?.id ?? 0
  const readers = await readDirectReaders(client(), await readLedgerNames(client(), graph), [id])
  expect(readers.map(({ asset, partition }) => `${asset} ${partition}`)).toEqual(["best 2"])
})

test("an invalidated file has a checksum that no bytes have, until its partition is materialized again", async () => {
  const find = () => findNewestMaterialization(client(), "recs")
  await invalidateFiles(client(), [(await find())?.id ?? 0])
  expect(await find()).toMatchObject({ checksum: "", fileIdentity: null })
  const materialization = buildMaterialization({ checksum: "cc", fileIdentity: "1 2 3 4" })
  await withRun(url(), "rebuild", ({ ledger }) =>
    ledger.recordStep(buildStep("rebuild", { materializations: [materialization] })),
  )
  expect(await find()).toMatchObject({ checksum: "cc", fileIdentity: "1 2 3 4" })
})
