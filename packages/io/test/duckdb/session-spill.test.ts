import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { expect, test } from "vitest"

import { withSession } from "../../src/duckdb/session.ts"

test("rows beyond the memory limit are spilled into a folder whose parents are created", async () => {
  const folder = mkdtempSync(join(tmpdir(), "freshet-spill-"))
  const spillFolder = join(folder, "state", "spill")
  try {
    const options = { memoryLimitMb: 60, threads: 1, spillFolder, connections: 1 }
    const [row] = await withSession(options, (session) =>
      session.withConnection(async (connection) => {
        await connection.run(
          "CREATE TEMP TABLE many AS SELECT hash(range)::VARCHAR AS text FROM range(3000000)",
        )
        return connection.rows("SELECT count(*)::INTEGER AS rows FROM many")
      }),
    )
    expect(row).toEqual({ rows: 3_000_000 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
