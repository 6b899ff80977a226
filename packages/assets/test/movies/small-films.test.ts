import { expect, test } from "vitest"

import { movies } from "../../src/index.ts"
import { withEngine } from "../stocktwits/with-engine.ts"
import { materializeAll, type MaterializedAssets } from "./materialize-all.ts"
import { toRowTexts } from "./row-texts.ts"
import { landFilms, smallFilms } from "./small-landing.ts"

const choices = { baseMonth: "2000-03", minimumRatings: 2, highestRated: 3 }

async function making<T>(
  files: Readonly<Record<string, string | undefined>>,
  look: (made: MaterializedAssets) => Promise<T>,
): Promise<T> {
  return withEngine({}, async (world) => {
    landFilms(world.landing, files)
    return look(await materializeAll(movies(choices), world))
  })
}

async function csv(made: MaterializedAssets, asset: string): Promise<string[]> {
  return (await made.rows(asset)).map((row) =>
    toRowTexts(row)
      .map((value) => value ?? "")
      .join(),
  )
}

test("every row of the files is there, or in quarantine with its line and reason", async () => {
  await making(smallFilms, async (made) => {
    expect(await made.quarantined("metadata_file")).toEqual([
      [9, "duplicate_id"],
      [12, "wrong_type"],
      [13, "wrong_type"],
      [14, "malformed_list"],
      [15, "shifted_row"],
    ])
    expect(await made.quarantined("ratings_file")).toEqual([[410, "wrong_type"]])
    expect(await made.quarantined("credits_file")).toEqual([[5, "malformed_list"]])
    expect(await made.quarantined("links_file")).toEqual([])
    for (const { lines, rows, quarantined } of made.lineCounts)
      expect(lines).toBe(rows + quarantined)
  })
})

test("films, their labels, credits and ratings are distinct datasets", async () => {
  await making(smallFilms, async (made) => {
    const films = await made.rows("movies")
    const told = films.map((row) => [row[0], row[2], row[7], row[10], row[14]])
    expect(told.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [1, "Film 1", "2000-01-15", "1000", 7],
      [2, "Film 2", "2000-02-10", "1001", null],
      [3, "Früher", "1998-12-31", "500", null],
      [4, "Film 4", null, "70", null],
      [5, "Film 5", "2000-01-15", null, 8],
      [6, null, null, null, null],
    ])
    expect((await csv(made, "collections")).toSorted()).toEqual(["7,Ocean's Collection", "8,Fives"])
    expect((await csv(made, "genres")).toSorted()).toEqual(["18,Drama", "35,Comedy"])
    expect((await csv(made, "movie_genres")).toSorted()).toEqual(
      ["1,18", "1,35", "2,35", "3,18", "4,18", "5,18", "6,35"].toSorted(),
    )
    expect((await csv(made, "companies")).toSorted()[0]).toBe('2,Studio "2"')
    expect((await csv(made, "languages")).toSorted()).toEqual(["en,English", "fr,Français"])
    expect((await csv(made, "movie_keywords")).toSorted()).toEqual(["1,931", "1,932"])
    expect((await csv(made, "people")).toSorted()).toEqual([
      "31,Ann,male",
      "32,Bob,",
      "33,Cy,female",
    ])
    expect(await csv(made, "movie_cast")).toEqual(["1,c1,31,0,Mr. O'Hara", "1,c2,32,1,"])
    expect(await csv(made, "movie_crew")).toEqual([
      "1,w1,33,Directing,Director",
      "2,w2,33,Writing,Writer",
    ])
    expect((await csv(made, "dates")).toSorted()).toEqual([
      "1998-12-31,31,4,53,12,4,1998",
      "2000-01-15,15,6,2,1,1,2000",
      "2000-02-10,10,4,6,2,1,2000",
    ])
    expect((await csv(made, "ratings_without_film")).toSorted()).toEqual([
      "197,1,no film",
      "198,1,no number",
      "199,1,no link",
    ])
  })
})

test("the answers are what a person works out on paper", async () => {
  await making(smallFilms, async (made) => {
    // 1000 × 150 / 100 and 1001 × 150 / 110 = 1365
    expect((await csv(made, "film_revenues")).toSorted()).toEqual([
      "1,Film 1,2000-01-15,1000,1500.00,",
      "2,Film 2,2000-02-10,1001,1365.00,",
      "3,Früher,1998-12-31,500,,before the index",
      "4,Film 4,,70,,no release date",
    ])
    expect((await csv(made, "movies_outside_cpi")).toSorted()).toEqual([
      "3,Früher,1998-12-31,500,before the index",
      "4,Film 4,,70,no release date",
    ])
    // all 405 ratings average 1415 / 405 = 3.4938…; film 1: (9.5 + 2 × 3.4938…) / 5
    expect(await csv(made, "highest_rated_films")).toEqual([
      "1,5,Film 5,2000,400,3.5000,3.5000,2001-09-09,2001-09-09",
      "2,1,Film 1,2000,3,3.1667,3.2975,2000-01-01,2001-09-09",
      "3,2,Film 2,2000,2,2.7500,3.1219,2000-01-02,2001-09-09",
    ])
    expect(await csv(made, "popular_genres")).toEqual([
      "1,18,Drama,403,99.51,403,2,3.4975,2000-01-01,2001-09-09",
      "2,35,Comedy,5,1.23,3,2,3.0000,2000-01-01,2001-09-09",
    ])
    expect(await csv(made, "box_office_by_release")).toEqual([
      "quarter,1,2,2001,1000.50,1000.50,2,2865.00,1432.50,1432.50,2000-01-15,2000-02-10",
      "quarter,4,1,500,500.00,500.00,0,,,,1998-12-31,1998-12-31",
      "month,1,1,1000,1000.00,1000.00,1,1500.00,1500.00,1500.00,2000-01-15,2000-01-15",
      "month,2,1,1001,1001.00,1001.00,1,1365.00,1365.00,1365.00,2000-02-10,2000-02-10",
      "month,12,1,500,500.00,500.00,0,,,,1998-12-31,1998-12-31",
    ])
    expect(await csv(made, "genre_earnings")).toEqual([
      "1,35,Comedy,2,2865.00,1432.50,2001,0,0,2000-01-15,2000-02-10",
      "2,18,Drama,1,1500.00,1500.00,1000,2,570,2000-01-15,2000-01-15",
    ])
  })
})

test("keywords may be missing, and so may credits for all but what is made of them", async () => {
  const files = { ...smallFilms, "keywords.csv": undefined, "credits.csv": undefined }
  await making(files, async (made) => {
    expect(await made.rows("keywords")).toEqual([])
    expect(await made.rows("genre_earnings")).toHaveLength(2)
    await expect(made.rows("movie_cast")).rejects.toThrow("movie_cast was not made")
  })
})

test("compressed files are read as plain ones are", async () => {
  const compressed = Object.fromEntries(
    Object.entries(smallFilms).map(([name, content]) => [`${name}.gz`, content]),
  )
  const answers = async (made: MaterializedAssets) => [
    await csv(made, "highest_rated_films"),
    await csv(made, "genre_earnings"),
    await csv(made, "movie_cast"),
  ]
  expect(await making(compressed, answers)).toEqual(await making(smallFilms, answers))
})
