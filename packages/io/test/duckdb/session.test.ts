import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, expect, test } from "vitest"

import { type Connection, withSession } from "../../src/duckdb/session.ts"

const spillFolder = mkdtempSync(join(tmpdir(), "freshet-session-"))
afterAll(() => rmSync(spillFolder, { recursive: true, force: true }))

const options = {
  memoryLimitMb: 200,
  spillFolder,
  connections: 4,
}

async function countCallers(connection: Connection): Promise<unknown> {
  const [row] = await connection.rows("SELECT current_setting('external_threads') AS callers")
  return row?.["callers"]
}

test("the engine's threads include one caller for each connection in use", async () => {
  await withSession({ ...options, threads: 3 }, async (session) => {
    const nested = (depth: number): Promise<unknown[]> =>
      session.withConnection(async (connection) => {
        const inner = depth === 1 ? [] : await nested(depth - 1)
        const rows = await connection.rows("SELECT count(*)::INTEGER AS n FROM range(1000000)")
        expect(rows).toEqual([{ n: 1_000_000 }])
        return [...inner, await countCallers(connection)]
      })
    expect(await nested(4)).toEqual(["3", "3", "3", "3"])
    expect(await nested(1)).toEqual(["1"])
    expect(await nested(2)).toEqual(["2", "2"])
  })
})

test("an engine of one thread is its caller's, however many there are", async () => {
  await withSession({ ...options, threads: 1 }, async (session) => {
    const lanes = Array.from({ length: 4 }, () => session.withConnection(countCallers))
    expect(await Promise.all(lanes)).toEqual(["1", "1", "1", "1"])
  })
})
