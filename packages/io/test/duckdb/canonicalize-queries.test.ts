import { afterAll, beforeAll, expect, test } from "vitest"

import { openEngineFixture, type EngineFixture } from "./engine-fixture.ts"

let works: EngineFixture
beforeAll(async () => {
  works = await openEngineFixture()
})
afterAll(() => works.close())

test("layout and comments do not count", async () => {
  const [one, two] = await works.engine.canonicalizeQueries([
    "select a, 'x' as b from t where n > 5",
    "SELECT a, -- first\n  'x' AS b\nFROM t /* all */ WHERE n>5",
  ])
  expect(two).toBe(one)
})

test("every change of the rows counts", async () => {
  const queries = [
    "select 9007199254740992 as n from t",
    "select 9007199254740993 as n from t",
    "select 1 as n from t",
    "select '1' as n from t",
    "select 1 as n from u",
    "select 1 as m from t",
    "select '\"query_location\":5' as n from t",
    "select '\"query_location\":6' as n from t",
  ]
  expect(new Set(await works.engine.canonicalizeQueries(queries)).size).toBe(queries.length)
})

test.each(["selec 1", "select 1; select 2", "drop table t", ""])(
  "%j is not one query",
  async (text) => {
    await expect(works.engine.canonicalizeQueries([text])).rejects.toMatchObject({ code: "engine" })
  },
)
