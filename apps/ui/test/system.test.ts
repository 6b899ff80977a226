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

test("the run lock is free, and held with a waiting process", async () => {
  await withServedProject(async ({ get, services }) => {
    const readLock = async () =>
      (await readDocument<{ run_lock: object }>(await get("/api/system"))).run_lock
    expect(await readLock()).toEqual({ held: false, owner: null, waiting: 0 })
    const lock = { wait: true, cancellable: false }
    let waiter: Promise<void> = Promise.resolve()
    await services.withProject({ lock }, async () => {
      expect(await readLock()).toMatchObject({ held: true, waiting: 0 })
      waiter = services.withProject({ lock }, async () => {})
      await expect
        .poll(readLock, { timeout: 60_000 })
        .toMatchObject({ held: true, owner: null, waiting: 1 })
    })
    await waiter
    expect(await readLock()).toMatchObject({ held: false, waiting: 0 })
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
