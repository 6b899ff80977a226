import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { stocktwits } from "../../src/index.ts"
import { materializeDay } from "./materialize-day.ts"
import { type OracleInput, computeStocktwits } from "./oracle/stocktwits-oracle.ts"
import { type RandomCase, randomCase } from "./random-log.ts"
import { withEngine } from "./with-engine.ts"

const tables = [
  "user_recs",
  "room_recs",
  "user_rec_reasons",
  "room_rec_reasons",
  "users",
  "rooms",
  "closest_users",
  "closest_rooms",
] as const

function land(input: OracleInput, landing: string): void {
  const put = (folder: string, name: string, text: string) => {
    mkdirSync(join(landing, "stocktwits", folder), { recursive: true })
    writeFileSync(join(landing, "stocktwits", folder, name), text)
  }
  for (const [day, lines] of input.activity)
    put("activity", `${day}.json`, lines.map((line) => `${line}\n`).join(""))
  for (const [day, text] of input.users) put("users", `${day}.csv`, text)
  for (const [day, text] of input.rooms) put("rooms", `${day}.csv`, text)
}

function sorted(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted()
}

async function expectOracle({ input, settings, day }: RandomCase): Promise<void> {
  const { days: windowDays, ...same } = settings
  const assets = stocktwits({ ...same, windowDays })
  const expected = computeStocktwits(input, settings, day)
  await withEngine({}, async (world) => {
    land(input, world.landing)
    const firstDay = [...input.activity.keys()].toSorted()[0] ?? day
    const made = await materializeDay(assets, { ...world, firstDay }, day)
    for (const table of tables) {
      const columns = assets.find((asset) => asset.name === table)?.columns ?? {}
      const rows = expected[table].map((row) => {
        const values = new Map<string, unknown>(Object.entries(row))
        return Object.keys(columns).map((column) => values.get(column))
      })
      expect({ table, rows: sorted(await made.rows(table)) }).toEqual({ table, rows: sorted(rows) })
    }
    const counted = expected.days.find((each) => each.day === day)
    for (const table of ["follows", "subscribes", "messages", "likes"] as const)
      expect(await made.rows(table)).toHaveLength(counted?.[table] ?? 0)
    expect(await made.rows("likes_without_message")).toHaveLength(
      counted?.likes_without_message ?? 0,
    )
    const readDays = new Set(made.lineCounts.map((count) => count.day))
    expect(sorted(made.quarantined.map((each) => [each.day, each.line, each.reason]))).toEqual(
      sorted(
        expected.quarantined
          .filter((each) => readDays.has(each.day))
          .map((each) => [each.day, each.line, each.fault]),
      ),
    )
    expect(made.checks.filter((check) => !check.passed && check.severity === "error")).toEqual([])
  })
}

/** Random logs in one run of the test; more on demand. */
const logs = Number(process.env["FRESHET_PROPERTY_LOGS"] ?? 30)

describe("on random logs the datasets are what the oracle says", () => {
  test("under any settings, the bad lines included", async () => {
    await fc.assert(fc.asyncProperty(randomCase(), expectOracle), { numRuns: logs })
  })
})
