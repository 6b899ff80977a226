import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { runInNewContext } from "node:vm"
import { gunzipSync } from "node:zlib"

import { parseCsvRecords } from "./csv-rows.ts"
import { parseThousandths } from "./fractions.ts"

export interface OracleFilm {
  readonly id: number
  readonly title: string | null
  readonly released: string | null
  readonly revenue: bigint | null
  readonly genres: readonly number[]
}

export interface OracleRating {
  readonly user: number
  readonly movielens: number
  readonly film: OracleFilm
  /** In tenths of a star. */
  readonly tenths: number
  readonly seconds: number
}

/** The content of the landed files. */
export interface OracleFilms {
  readonly films: ReadonlyMap<number, OracleFilm>
  readonly genres: ReadonlyMap<number, string>
  readonly ratings: readonly OracleRating[]
  /** Numbers of ratings, by the MovieLens id of a film that is not in `films`. */
  readonly ratingsWithoutFilm: ReadonlyMap<number, number>
  /** "1999-01" → thousandths. */
  readonly priceIndex: ReadonlyMap<string, bigint>
  readonly allRatings: number
}

/** Reads a landing folder. */
export function readFilms(landing: string): OracleFilms {
  const records = (name: string) => parseCsvRecords(readLandedText(join(landing, "movies", name)))
  const { films, genres } = readMetadata(records("movies_metadata.csv"))
  const links = new Map(
    records("links.csv").map((link) => [Number(link["movieId"]), Number(link["tmdbId"] ?? "")]),
  )
  const ratingsWithoutFilm = new Map<number, number>()
  const ratings: OracleRating[] = []
  const rows = records("ratings.csv")
  for (const row of rows) {
    const movielens = Number(row["movieId"])
    const film = films.get(links.get(movielens) ?? 0)
    if (film === undefined)
      ratingsWithoutFilm.set(movielens, (ratingsWithoutFilm.get(movielens) ?? 0) + 1)
    else
      ratings.push({
        user: Number(row["userId"]),
        movielens,
        film,
        tenths: Math.round(Number(row["rating"]) * 10),
        seconds: Number(row["timestamp"]),
      })
  }
  const prices = records("consumer_price_index.csv")
  const priceIndex = new Map(
    prices.map((row) => [
      (row["DATE"] ?? "").slice(0, 7),
      parseThousandths(row["CUSR0000SS62031"] ?? ""),
    ]),
  )
  return { films, genres, ratings, ratingsWithoutFilm, priceIndex, allRatings: rows.length }
}

function readLandedText(path: string): string {
  if (existsSync(path)) return readFileSync(path, "utf8")
  return gunzipSync(readFileSync(`${path}.gz`)).toString("utf8")
}

type Genre = { readonly id: number; readonly name: string }

function readMetadata(records: readonly Readonly<Record<string, string>>[]) {
  const validRecords = records.filter(({ id = "" }) => /^\d+$/.test(id))
  // JavaScript reads what Python writes, once it knows Python's three words.
  const words = { None: null, True: true, False: false }
  const lists: readonly (readonly Genre[])[] = runInNewContext(
    `[${validRecords.map((record) => record["genres"] || "[]").join(",")}]`,
    words,
  )
  const films = new Map<number, OracleFilm>()
  const genres = new Map<number, string>()
  validRecords.forEach((record, at) => {
    const id = Number(record["id"])
    if (films.has(id)) return
    const listed = lists[at] ?? []
    for (const { id, name } of listed) genres.set(id, name)
    films.set(id, {
      id,
      title: record["title"] || null,
      released: record["release_date"] || null,
      revenue: Number(record["revenue"]) > 0 ? BigInt(record["revenue"] ?? 0) : null,
      genres: [...new Set(Array.from(listed, (genre) => genre.id))],
    })
  })
  return { films, genres }
}
