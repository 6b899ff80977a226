import { buildGraph } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { definitions, movies, type MoviesSettings } from "../../src/index.ts"
import { withEngine } from "../stocktwits/with-engine.ts"

const variants: readonly Partial<MoviesSettings>[] = [
  {},
  { baseMonth: "1999-01", minimumRatings: 5, highestRated: 10 },
]

test.each(variants)("every query, check and rule binds with settings %j", async (settings) => {
  const declared = definitions({ movies: settings })
  expect(buildGraph(declared).kind).toBe("graph")
  expect(await withEngine({}, ({ engine }) => engine.bind(declared))).toEqual([])
})

test("the data dictionary says something about every dataset and every column", () => {
  const silent = movies().flatMap((asset) => [
    ...(asset.description === "" ? [asset.name] : []),
    ...Object.entries(asset.columns).flatMap(([column, { description }]) =>
      description === undefined || description === "" ? [`${asset.name}.${column}`] : [],
    ),
  ])
  expect(silent).toEqual([])
})

test("what is no month is refused as the base month", () => {
  expect(() => movies({ baseMonth: "2020-13" })).toThrow('"2020-13" is not a month')
})
