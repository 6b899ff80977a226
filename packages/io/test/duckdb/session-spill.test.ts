import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { expect, test } from "vitest"

import { type Session, withSession } from "../../src/duckdb/session.ts"

const rows = 3_000_000

/** Counts rows that need more memory than the session has. */
async function countSpilledRows(session: Session): Promise<unknown> {
  const [row] = await session.withConnection(async (connection) => {
    await connection.run(
      `CREATE TEMP TABLE many AS SELECT hash(range)::VARCHAR AS text FROM range(${rows})`,
    )
    return connection.rows("SELECT count(*)::INTEGER AS rows FROM many")
  })
  return row?.["rows"]
}

async function withSpillFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-spill-"))
  try {
    await work(join(folder, "state", "spill"))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const limits = { memoryLimitMb: 60, threads: 1, connections: 1 }

test("rows beyond the memory limit are spilled into a folder whose parents are created", () =>
  withSpillFolder(async (spillFolder) => {
    expect(await withSession({ ...limits, spillFolder }, countSpilledRows)).toBe(rows)
  }))

test("a session removes what killed processes left, and spills after that", () =>
  withSpillFolder(async (spillFolder) => {
    await withSession({ ...limits, spillFolder }, async (session) => {
      await session.withConnection((connection) => connection.run("SELECT 1"))
      mkdirSync(join(spillFolder, "left"))
      await session.removeLeftovers()
      expect(existsSync(join(spillFolder, "left"))).toBe(false)
      expect(await countSpilledRows(session)).toBe(rows)
    })
  }))
