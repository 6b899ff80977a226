import { hourly, int64, last, sourceAsset, sql, sqlAsset } from "@freshet/core"
import { test } from "vitest"

import { runCommand } from "./commands/fake-command-line.ts"
import { unmadeProject } from "./unmade-project.ts"
const columns = { visits: int64("How many.") }
const partitions = hourly({ start: "1911-01-01T00" })
const common = { group: "visits", description: "Visits.", columns, partitions } as const
const hits = sourceAsset({
  ...common,
  name: "hits",
  whenMissing: "empty",
  format: { kind: "json_lines" },
  path: "hits/{partition}.json",
})
const waits = sourceAsset({
  ...common,
  name: "waits",
  format: { kind: "json_lines" },
  path: "w/{partition}.json",
})
const a = sqlAsset({ ...common, name: "a", query: sql`select * from ${hits}` })
const b = sqlAsset({ ...common, name: "b", query: sql`select * from ${last(7, a)}` })
const c = sqlAsset({ ...common, name: "c", query: sql`select * from ${waits}` })
test("x", async () => {
  const range = ["1911-01-01T00", "2025-01-31T23"]
  const project = unmadeProject(
    [hits, waits, a, b, c],
    { hits: range, waits: range },
    Date.UTC(2025, 1, 5),
  )
  for (const line of [
    "status",
    "status --json",
    "plan a b",
    "plan b --from 1911-01-01 --json",
    "plan b --from 1911-01-01",
    "plan c --from 1911-01-01",
    "plan c --from 1911-01-01 --json",
    "why b --partition 2025-01-20T00",
    "why b",
    "why c",
    "backfill a --from 1911-01-01 --downstream --dry-run",
    "backfill a --from 1911-01-01 --only missing --downstream --dry-run",
  ]) {
    const t = performance.now()
    const { out, err } = await runCommand(project, line.split(" "))
    console.log(
      line,
      Math.round(performance.now() - t),
      "ms",
      out.length,
      out.slice(0, 500),
      err.slice(0, 300),
    )
  }
}, 120000)
