import { expect, test } from "vitest"

import { readLedgerNames } from "../../src/ledger/ledger-names.ts"
import { readStorage } from "../../src/ledger/storage.ts"
import {
  buildMaterialization,
  buildStep,
  buildTestGraph,
  openLedgerDatabase,
  testAsset,
  withRun,
} from "./ledger-database.ts"

const { url, client } = openLedgerDatabase()

test("the newest rows of a renamed asset are those under its current name", async () => {
  const record = (asset: string, graph: ReturnType<typeof buildTestGraph>) =>
    withRun(
      url(),
      asset,
      async ({ ledger }) => {
        const materialization = buildMaterialization({
          asset,
          partition: 20_000,
          inputVersion: asset,
          file: `${asset}/file`,
          bytes: 100,
        })
        await ledger.recordStep(buildStep(asset, { materializations: [materialization] }))
      },
      { graph },
    )
  await record("named", buildTestGraph(testAsset("named")))
  const graph = buildTestGraph(testAsset("renamed", { previousNames: ["named"] }))
  await record("renamed", graph)
  expect(await readStorage(client(), await readLedgerNames(client(), graph))).toEqual([
    { asset: "renamed", materializations: 2, files: 2, bytes: 200, newestBytes: 100 },
  ])
})
