import { expect, test } from "vitest"

import { reputation } from "../../src/index.ts"
import { materializeDay } from "../stocktwits/materialize-day.ts"
import { withEngine } from "../stocktwits/with-engine.ts"
import { landFiles } from "./land-files.ts"

const day = "2026-01-07"

test("a pair with hundreds of engagements has the sum of their weights, and passes the checks", async () => {
  const reply = "1,2,7,2026-01-07 23:59:59,reply\n".repeat(1000)
  const files = { follow: "", reply, mention: "", like: "", user: "" }
  const assets = reputation().filter(({ name }) =>
    ["suspended_people", "decayed_engagements", "followed_people", "closest_people"].includes(name),
  )
  await withEngine({}, async (fixture) => {
    landFiles(fixture.landing, new Map([[day, files]]))
    const made = await materializeDay(assets, { ...fixture, firstDay: day }, day)
    expect(await made.rows("closest_people")).toEqual([[1, 2, 1, "7775999000", "999.99987140"]])
    expect(made.checks.filter(({ passed }) => !passed)).toEqual([])
  })
})
