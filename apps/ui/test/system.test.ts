import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { readDocument, withServedProject } from "./served-project.ts"

function measureFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".parquet"))
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

test("storage is the bytes of the lake by asset, and replaced rows are retained", async () => {
  await withServedProject(async ({ get, materialize, land, services }) => {
    const readSystem = async () =>
      readDocument<{
        storage: readonly { asset: string; bytes: number; newest_bytes: number; files: number }[]
      }>(await get("/api/system"))
    expect((await readSystem()).storage).toEqual([])
    await materialize()
    await expect.poll(async () => (await readSystem()).storage.length).toBe(3)
    land("orders/2026-01-04.json", JSON.stringify({ id: 1, item: "bread" }))
    await materialize()
    await expect
      .poll(async () => (await readSystem()).storage.find(({ asset }) => asset === "best")?.files)
      .toBe(2)
    const { storage } = await readSystem()
    const sum = storage.reduce((total, { bytes }) => total + bytes, 0)
    expect(sum).toBe(measureFiles(services.config.lake))
    const best = storage.find(({ asset }) => asset === "best")
    expect(best?.newest_bytes).toBeGreaterThan(0)
    expect(best?.newest_bytes).toBeLessThan(best?.bytes ?? 0)
  })
})

test("a run under way is a worker with its last heartbeat and its claims, until it ends", async () => {
  await withServedProject(async ({ get, services }) => {
    const readWorkers = async () =>
      (await readDocument<{ workers: object[] }>(await get("/api/system"))).workers
    expect(await readWorkers()).toEqual([])
    const lock = { mode: "shared", wait: true, cancellable: false } as const
    await services.withProject({ lock }, async ({ runLedger }) => {
      await runLedger?.claimWork({ kind: "tick", id: 1 }, "run 1")
      expect(await readWorkers()).toMatchObject([{ run: "run 1", pid: process.pid, claims: 1 }])
    })
    expect(await readWorkers()).toEqual([])
  })
})

test("health and garbage are the documents of doctor and gc, and no answer holds the database's address", async () => {
  await withServedProject(async ({ get, services }) => {
    const diagnostics = await (await get("/api/diagnostics")).text()
    expect(JSON.parse(diagnostics)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ level: "ok", subject: "engine" }),
        expect.objectContaining({ level: "ok", subject: "PostgreSQL" }),
      ]),
    })
    expect(await readDocument(await get("/api/garbage"))).toMatchObject({ dry_run: true, files: 0 })
    const system = await (await get("/api/system")).text()
    for (const answer of [diagnostics, system])
      expect(answer).not.toContain(services.config.databaseUrl)
    expect(JSON.parse(system)).toMatchObject({ places: { ledger: "DATABASE_URL" } })
  })
})
