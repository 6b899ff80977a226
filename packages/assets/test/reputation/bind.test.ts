import { expect, test } from "vitest"

import { reputation } from "../../src/index.ts"
import type { ReputationSettings } from "../../src/reputation/settings.ts"
import { withEngine } from "../stocktwits/with-engine.ts"

const variants: readonly Partial<ReputationSettings>[] = [
  {},
  { decayDays: 7, closest: 3, expireAfterDays: 0, order: "cutThenFilter" },
]

test.each(variants)("every query, check and rule binds with settings %j", async (settings) => {
  expect(await withEngine({}, ({ engine }) => engine.bind(reputation(settings)))).toEqual([])
})

test("the data dictionary describes every dataset and every column", () => {
  const silent = reputation().flatMap((asset) => [
    ...(asset.description === "" ? [asset.name] : []),
    ...Object.entries(asset.columns).flatMap(([column, { description = "" }]) =>
      description === "" ? [`${asset.name}.${column}`] : [],
    ),
  ])
  expect(silent).toEqual([])
})
