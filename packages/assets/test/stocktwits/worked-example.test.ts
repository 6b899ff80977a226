import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

import { expect, test } from "vitest"

import { stocktwits } from "../../src/index.ts"
import { materializeDay } from "./materialize-day.ts"
import { withEngine } from "./with-engine.ts"

const folder = fileURLToPath(new URL("../cases/worked-example", import.meta.url))

test("the worked example comes out as worked out by hand, with every check passing", async () => {
  const assets = stocktwits({ selfEngagements: "keep", alreadyConnected: "window" })
  await withEngine({ landing: `${folder}/input` }, async (world) => {
    const landed = { ...world, firstDay: "2026-01-05" }
    const day = await materializeDay(assets, landed, "2026-01-05")
    for (const table of ["user_recs", "user_rec_reasons", "room_recs", "room_rec_reasons"]) {
      const [, ...expected] = readFileSync(`${folder}/expected/${table}.csv`, "utf8")
        .trimEnd()
        .split("\n")
      expect((await day.rows(table)).map(String)).toEqual(expected)
    }
    expect(await day.rows("likes_without_message")).toEqual([[9, "999"]])
    expect(day.checks.filter((check) => !check.passed)).toEqual([])
  })
})
