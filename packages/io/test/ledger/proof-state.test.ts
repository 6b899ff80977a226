import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { FreshnessProof } from "@freshet/core/engine"
import { afterAll, expect, test } from "vitest"

import { wipeMaterializations } from "../../src/ledger/garbage.ts"
import { type SnapshotReading, withSnapshot } from "../../src/ledger/snapshot.ts"
import {
  testAsset,
  buildTestGraph,
  openLedgerDatabase,
  buildMaterialization,
  buildStep,
  withRun,
} from "./ledger-database.ts"

const { client, url } = openLedgerDatabase()
const folder = mkdtempSync(join(tmpdir(), "freshet-proof-"))
afterAll(() => rmSync(folder, { recursive: true }))

const graph = buildTestGraph(testAsset("one"), testAsset("two", { previousNames: ["former"] }))

const proof: FreshnessProof = {
  computations: new Map([
    ["one", { definition: "of one", from: 20_000, length: 70, fresh: Int32Array.of(-1, 5, 0) }],
    ["two", { definition: "of two", from: 0, length: 0, fresh: new Int32Array(0) }],
  ]),
  sources: new Map([
    ["likes", { definition: "daily UTC", from: 19_999, length: 3, landed: ["v1", "", "größer"] }],
    ["nothing", { definition: "none", from: 0, length: 0, landed: [] }],
    ["missing", { definition: "none", from: 7, length: 1, landed: [""] }],
  ]),
  publishedVersions: new Map([["recs", new Map([[20_000, "d1"]])]]),
}

/** Reads the proof of a state file, and stores `proof` after `verified` computed versions. */
async function read(
  stateFile: string,
  { verified = 100 }: { readonly verified?: number } = {},
): Promise<Pick<SnapshotReading, "proof" | "touched">> {
  return withSnapshot(client(), graph, { stateFile }, async (reading) => {
    reading.storeProof({ proof: () => proof, verified })
    return { proof: reading.proof, touched: reading.touched }
  })
}

async function record(run: string, name: string, partition: number): Promise<void> {
  await withRun(url(), run, async ({ ledger }) => {
    const materialization = buildMaterialization({
      asset: name,
      partition,
      inputVersion: `${run} ${partition}`,
    })
    await ledger.recordStep(buildStep(run, { materializations: [materialization] }))
  })
}

test("a proof is read as it was stored, with the partitions that were recorded or wiped since", async () => {
  const stateFile = join(folder, "state")
  await record("first", "one", 20_000)
  expect(await read(stateFile)).toEqual({ proof: undefined, touched: new Map() })
  expect(await read(stateFile, { verified: 0 })).toEqual({ proof, touched: new Map() })
  await record("second", "one", 20_001)
  await record("third", "former", 20_005)
  const touched = new Map([
    ["one", [{ from: 20_001, to: 20_001 }]],
    ["two", [{ from: 20_005, to: 20_005 }]],
  ])
  expect(await read(stateFile, { verified: 0 })).toEqual({ proof, touched })
  expect(await read(stateFile)).toEqual({ proof, touched }) // many computed versions: the proof is stored again
  expect(await read(stateFile, { verified: 0 })).toEqual({ proof, touched: new Map() })
  const { rows } = await client().query<{ id: number }>(
    "select id::integer from freshet.materializations where asset = 'one' and partition = 20000",
  )
  const ids = rows.map(({ id }) => id)
  await withRun(url(), "gc", (run) => wipeMaterializations(run.client, ids))
  const removed = new Map([["one", [{ from: 20_000, to: 20_000 }]]])
  expect(await read(stateFile, { verified: 0 })).toEqual({ proof, touched: removed })
})

test("a damaged state file has no proof", async () => {
  const stateFile = join(folder, "damaged")
  await read(stateFile)
  const bytes = readFileSync(stateFile)
  for (const offset of [bytes.length - 1, bytes.length - 20]) {
    const damaged = Buffer.from(bytes)
    damaged[offset] = (damaged[offset] ?? 0) ^ 1
    writeFileSync(stateFile, damaged)
    expect((await read(stateFile, { verified: 0 })).proof).toBeUndefined()
  }
})

test("a reading that stores no proof writes a state file without one", async () => {
  const stateFile = join(folder, "plain")
  await withSnapshot(client(), graph, { stateFile }, async () => undefined)
  expect((await read(stateFile)).proof).toBeUndefined()
})
