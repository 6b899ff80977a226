import { type Asset, identifier, joinSql, sql } from "@freshet/core"
import { beforeAll, describe, expect, test } from "vitest"

import { movies } from "../../src/index.ts"
import { withEngine } from "../stocktwits/with-engine.ts"
import { materializeAll, type Spoil } from "./materialize-all.ts"
import { landFilms, smallFilms } from "./small-landing.ts"

const choices = { baseMonth: "2000-03", minimumRatings: 2, highestRated: 3 }

const twice: Spoil = (_, query) => sql`select * from (${query}) union all select * from (${query})`
const oneRow: Spoil = (_, query) => sql`select * from (${query}) limit 1`
const noRow: Spoil = (_, query) => sql`select * from (${query}) limit 0`

/** Keys that nothing has: the rows refer to what is not there. */
const strangers: Spoil = (asset, query) => {
  const keys = asset.checks.flatMap(({ name }) => /^refers_to\((\w+),/.exec(name)?.[1] ?? [])
  const wrong = keys.map((key) => {
    const value = asset.columns[key]?.kind === "text" ? sql`'?'` : sql`2000000000`
    return sql`${value} as ${identifier(key)}`
  })
  return wrong.length === 0
    ? query
    : sql`select * replace (${joinSql(wrong, ", ")}) from (${query})`
}

/** No value where there must be one. */
const nulls: Spoil = (asset, query) => {
  const [key = ""] = Object.keys(asset.columns).filter(
    (name) => asset.columns[name]?.nullable === false,
  )
  return sql`select * replace (null as ${identifier(key)}) from (${query})`
}

/** Amounts that cannot be. */
const amounts: Spoil = (asset, query) => {
  const names = ["vote_average", "consumer_price_index", "rating", "ratings", "adjusted_revenue"]
  const there = names.filter(
    (name) => name in asset.columns && asset.name !== "ratings_without_film",
  )
  const wrong = there.map(
    (name) => sql`${name === "adjusted_revenue" ? null : -1} as ${identifier(name)}`,
  )
  return wrong.length === 0
    ? query
    : sql`select * replace (${joinSql(wrong, ", ")}) from (${query})`
}

/** "movies unique(movie_id)" */
type Failed = ReadonlySet<string>

async function failing(
  files: Readonly<Record<string, string>>,
  spoils: readonly Spoil[] = [],
  settings = choices,
): Promise<{ readonly failed: Failed; readonly all: Failed }> {
  const { checks, spoiledChecks } = await withEngine({}, async (world) => {
    landFilms(world.landing, files)
    return materializeAll(movies(settings), world, spoils)
  })
  const names = (results: typeof checks) =>
    new Set(results.map(({ asset, name }) => `${asset} ${name}`))
  const results = [...checks, ...spoiledChecks]
  return { failed: names(results.filter(({ passed }) => !passed)), all: names(results) }
}

const replaced = (name: keyof typeof smallFilms, from: string, to: string) => ({
  ...smallFilms,
  [name]: (smallFilms[name] ?? "").replace(from, to),
})

describe("what a file says wrong is refused", () => {
  test.each<[string, string, Readonly<Record<string, string>>]>([
    ["a rating above 5", "ratings half_stars", replaced("ratings.csv", "2.5", "7.5")],
    ["a rating of 0", "ratings half_stars", replaced("ratings.csv", "2.5", "0.0")],
    ["a rating between the steps", "ratings half_stars", replaced("ratings.csv", "2.5", "2.7")],
    [
      "a second rating of a film by a user",
      "ratings unique(user_id, movielens_id)",
      replaced("ratings.csv", "2,101", "1,101"),
    ],
    [
      "many ratings without their film",
      "ratings share_with_film",
      replaced("links.csv", "105,0000005,5", "105,0000005,55"),
    ],
    [
      "a gap in the months",
      "cpi months_without_gaps",
      replaced("consumer_price_index.csv", "2000-02-01,110.000\n", ""),
    ],
    [
      "a month without a value, which FRED writes as a point",
      "cpi months_without_gaps",
      replaced("consumer_price_index.csv", "2000-02-01,110.000", "2000-02-01,."),
    ],
    [
      "a month that does not stand by its first day",
      "cpi first_of_month",
      replaced("consumer_price_index.csv", "2000-02-01", "2000-02-02"),
    ],
    [
      "a month that is there twice",
      "cpi unique(month)",
      replaced("consumer_price_index.csv", "2000-02-01", "2000-01-01"),
    ],
    [
      "an impossible vote",
      "movies votes_in_range",
      replaced("movies_metadata.csv", ",7,12", ",17,12"),
    ],
    ["credits of a film that is not there", "movie_cast films_are_known", smallFilms],
  ])("%s: %s", async (_, check, files) => {
    expect([...(await failing(files)).failed]).toContain(check)
  })

  test("a base month that the index does not have", async () => {
    const { failed } = await failing(smallFilms, [], { ...choices, baseMonth: "2001-01" })
    expect([...failed]).toContain("film_revenues base_month_in_index")
  })
})

describe("every check fails for some rows", () => {
  let seen: Awaited<ReturnType<typeof failing>>
  let byData: Failed

  beforeAll(async () => {
    seen = await failing(smallFilms, [twice, oneRow, noRow, strangers, nulls, amounts])
    const withCrew = replaced(
      "credits.csv",
      "[],999",
      `"[{'credit_id': 'w9', 'department': 'X', 'gender': 0, 'id': 33, 'job': 'Y', 'name': 'Cy'}]",999`,
    )
    const data = await Promise.all([
      failing(replaced("consumer_price_index.csv", "2000-02-01", "2000-02-02")),
      failing(replaced("consumer_price_index.csv", "2000-02-01,110.000\n", "")),
      failing(replaced("movies_metadata.csv", ",7,12", ",17,12")),
      failing(withCrew),
      failing(smallFilms, [], { ...choices, baseMonth: "2001-01" }),
    ])
    byData = new Set(data.flatMap(({ failed }) => [...failed]))
  })

  test("each of them fails on rows that are wrong in its way", () => {
    const declared = movies(choices).flatMap((asset) =>
      asset.kind === "asset" ? asset.checks.map(({ name }) => `${asset.name} ${name}`) : [],
    )
    expect(declared.filter((check) => !seen.all.has(check))).toEqual([])
    expect(declared.filter((check) => !seen.failed.has(check) && !byData.has(check))).toEqual([])
    expect(declared.length).toBeGreaterThan(80)
  })

  test("a key that is null is noticed in every table", () => {
    const made = movies(choices).filter(
      (asset): asset is Asset => asset.kind === "asset" && asset.computation.kind === "sql",
    )
    const unnoticed = made.filter(({ name }) => !seen.failed.has(`${name} not_null`))
    expect(unnoticed.map(({ name }) => name)).toEqual([])
  })
})
