import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { movies } from "../../src/index.ts"
import { defaultMoviesSettings } from "../../src/movies/settings.ts"
import { type EngineFixture, withEngine } from "../stocktwits/with-engine.ts"
import { materializeAll, type MaterializedAssets } from "./materialize-all.ts"
import { summarizeBoxOffice, listEarnings, rankGenreEarnings } from "./oracle/answers-oracle.ts"
import { rankHighestRated, rankPopularGenres } from "./oracle/answers-oracle.ts"
import { type OracleFilms, readFilms } from "./oracle/films-oracle.ts"
import { formatDecimal } from "./oracle/fractions.ts"
import { landRealFilms, realFilms } from "./real-landing.ts"
import { toRowTexts } from "./row-texts.ts"

const choices = { ...defaultMoviesSettings, baseMonth: "2017-06" }

describe.skipIf(!realFilms.exists)(`the real films and ratings${realFilms.skipNote}`, () => {
  let folder: string
  let made: MaterializedAssets
  let expected: OracleFilms
  let done: () => void
  let held: Promise<void>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "freshet-real-films-"))
    landRealFilms(folder)
    expected = readFilms(folder)
    made = await new Promise<MaterializedAssets>((resolve, reject) => {
      held = withEngine({ landing: folder }, async (world: EngineFixture) => {
        const released = new Promise<void>((release) => (done = release))
        resolve(await materializeAll(movies(choices), world))
        await released
      })
      held.catch(reject)
    })
  })

  afterAll(async () => {
    done()
    await held
    rmSync(folder, { recursive: true, force: true })
  })

  const texts = async (asset: string) => (await made.rows(asset)).map(toRowTexts)

  test("give 45,433 films: three rows without a number and 30 later duplicates are in quarantine", async () => {
    const rows = await made.rows("movies")
    expect(rows).toHaveLength(45_433)
    expect(expected.films.size).toBe(45_433)
    const [count] = made.lineCounts.filter(({ source }) => source === "metadata_file")
    expect(count).toMatchObject({ lines: 45_466, rows: 45_433, quarantined: 33 })
    expect(count?.reasons).toEqual([
      { reason: "duplicate_id", lines: 30 },
      { reason: "wrong_type", lines: 3 },
    ])
  })

  test("have each film with the title, day, revenue and genres that the file says", async () => {
    const films = await texts("movies")
    const found = films.map((row) => [row[0], row[2], row[7], row[10]])
    const told = [...expected.films.values()].map(({ id, title, released, revenue }) => [
      String(id),
      title,
      released,
      revenue === null ? null : String(revenue),
    ])
    const byId = (a: readonly unknown[], b: readonly unknown[]) => Number(a[0]) - Number(b[0])
    expect(found.toSorted(byId)).toEqual(told.toSorted(byId))
    const pairs = (await texts("movie_genres")).map((pair) => pair.join(" "))
    const toldPairs = [...expected.films.values()].flatMap(({ id, genres }) =>
      genres.map((genre) => `${id} ${genre}`),
    )
    expect(pairs.toSorted()).toEqual(toldPairs.toSorted())
    expect(await made.rows("genres")).toHaveLength(expected.genres.size)
  })

  test("let 99,855 of 100,023 ratings find their film, and name those that do not", async () => {
    const rows = await texts("ratings")
    expect(rows).toHaveLength(99_855)
    expect(expected.allRatings).toBe(100_023)
    const keyed = rows.map(([user, movielens, film, rating]) =>
      [user, movielens, film, rating].join(),
    )
    const told = expected.ratings.map(({ user, movielens, film, tenths }) =>
      [user, movielens, film.id, formatDecimal(BigInt(tenths), 1)].join(),
    )
    expect(keyed.toSorted()).toEqual(told.toSorted())
    const lost = await made.rows("ratings_without_film")
    expect(new Map(lost.map(([id, ratings]) => [id, ratings]))).toEqual(expected.ratingsWithoutFilm)
    expect([...expected.ratingsWithoutFilm.values()].reduce((sum, each) => sum + each, 0)).toBe(168)
  })

  test("adjust 4,687 films by the month of release, and name all the others", async () => {
    const rows = await texts("film_revenues")
    const told = listEarnings(expected, choices)
    expect(rows.filter((row) => row[4] !== null)).toHaveLength(4_687)
    expect(new Map(rows.map((row) => [row[0], row[4]]))).toEqual(
      new Map(
        told.map(({ film, adjusted }) => [
          String(film.id),
          adjusted === null ? null : formatDecimal(adjusted, 2),
        ]),
      ),
    )
    const outside = await made.rows("movies_outside_cpi")
    expect(outside).toHaveLength(told.length - 4_687)
    expect(new Set(outside.map((row) => row[4]))).toEqual(
      new Set(["no release date", "before the index"]),
    )
  })

  test("answer the four questions as a plain computation over the same files does", async () => {
    expect(await texts("highest_rated_films")).toEqual(
      rankHighestRated(expected, choices).map(toRowTexts),
    )
    expect(await texts("popular_genres")).toEqual(rankPopularGenres(expected).map(toRowTexts))
    expect(await texts("box_office_by_release")).toEqual(
      summarizeBoxOffice(expected, choices).map(toRowTexts),
    )
    expect(await texts("genre_earnings")).toEqual(
      rankGenreEarnings(expected, choices).map(toRowTexts),
    )
  })

  test("pass every check", () => {
    expect(made.checks.filter(({ passed }) => !passed)).toEqual([])
    expect(made.checks.length).toBeGreaterThan(80)
  })
})
