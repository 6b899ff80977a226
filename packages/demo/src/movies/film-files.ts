import { createRandom, type Random } from "@freshet/core/engine"

import { adjectives, animals } from "../name-words.ts"
import type { DemoFilm } from "./film.ts"
import { formatCsvRecord, formatPython } from "./python-repr.ts"

const header =
  "adult,belongs_to_collection,budget,genres,homepage,id,imdb_id,original_language,original_title,overview,popularity,poster_path,production_companies,production_countries,release_date,revenue,runtime,spoken_languages,status,tagline,title,video,vote_average,vote_count"

/** One film in this many is split within its overview: the rest of it is a row of its own. */
const brokenEvery = 400
/** One film in this many is repeated. */
const repeatedEvery = 500

/** Formats the metadata of films like TMDB's dump, with its faults. */
export function* generateMetadata(films: readonly DemoFilm[]): Generator<string> {
  yield header
  for (const [at, film] of films.entries()) {
    const values = toMetadataRecord(film)
    if (at % brokenEvery === brokenEvery - 1) yield* breakRecord(values)
    else yield formatCsvRecord(values)
    if (at % repeatedEvery === repeatedEvery - 1) yield formatCsvRecord(values)
  }
}

function toMetadataRecord(film: DemoFilm): readonly (string | number)[] {
  const { collection, companies, country, language } = film
  const poster = `/${film.id}.jpg`
  return [
    "False",
    collection === undefined ? "" : formatPython({ ...collection, poster_path: null }),
    film.budget,
    formatPython(film.genres),
    "",
    film.id,
    `tt${String(film.id).padStart(7, "0")}`,
    language[0],
    film.title,
    formatOverview(film),
    `${film.votes}.5`,
    poster,
    formatPython(companies.map(({ id, name }) => ({ name, id }))),
    formatPython([{ iso_3166_1: country[0], name: country[1] }]),
    film.releaseDate,
    film.revenue,
    film.runtime.toFixed(1),
    formatPython([{ iso_639_1: language[0], name: language[1] }]),
    "Released",
    "",
    film.title,
    "False",
    film.quality,
    film.votes,
  ]
}

function formatOverview({ id, title }: DemoFilm): string {
  const plain = `A film about ${title}, and what became of it.`
  return id % 7 === 0 ? `${plain}\n\nThey called it "the best of number ${id}".` : plain
}

/** Splits a record after its first ten values; the rest of the overview begins a shifted row. */
function breakRecord(values: readonly (string | number)[]): string[] {
  return [
    formatCsvRecord([...values.slice(0, 9), " The rest of this"]),
    formatCsvRecord([" - went elsewhere", ...values.slice(10)]),
  ]
}

/** Formats the film ids of MovieLens, counted from 1, and of TMDB, which lacks a few. */
export function* generateLinks(films: readonly DemoFilm[]): Generator<string> {
  yield "movieId,imdbId,tmdbId"
  for (const [at, { id }] of films.entries())
    yield `${at + 1},${String(id).padStart(7, "0")},${at % 700 === 699 ? "" : id}`
}

/** Formats the keywords of each film. */
export function* generateKeywords(seed: number, films: readonly DemoFilm[]): Generator<string> {
  yield "id,keywords"
  const random = createRandom(seed, "keywords")
  for (const { id } of films) {
    const at = Array.from({ length: random.below(4) }, () => random.below(adjectives.length))
    const words = [...new Set(at)].map((wordIndex) => ({
      id: wordIndex + 1,
      name: adjectives[wordIndex] ?? "",
    }))
    yield formatCsvRecord([id, formatPython(words)])
  }
}

/** Formats the cast and crew of each film. */
export function* generateCredits(seed: number, films: readonly DemoFilm[]): Generator<string> {
  yield "cast,crew,id"
  const random = createRandom(seed, "credits")
  const people = films.length * 2
  for (const { id } of films) {
    const players = Array.from({ length: 1 + random.below(4) }, (_, at) =>
      drawPlayer(random, people, at),
    )
    const crew = ["Director", "Writer"].map((job, at) =>
      drawCrewMember(random, people, { job, at }),
    )
    const formatCredits = (
      dicts: readonly ((credit: string) => Parameters<typeof formatPython>[0])[],
      kind: string,
    ) => formatPython(dicts.map((dict, at) => dict(`${kind}${id}x${at}`)))
    yield formatCsvRecord([formatCredits(players, "a"), formatCredits(crew, "b"), id])
  }
}

function drawPerson(random: Random, people: number) {
  const id = 1 + random.below(people)
  const first = adjectives[id % adjectives.length] ?? ""
  const name = `${first.charAt(0).toUpperCase()}${first.slice(1)} ${animals[id % animals.length] ?? ""}`
  return { id, name: id % 9 === 0 ? `${name} O'Hara` : name, gender: id % 3 }
}

function drawPlayer(random: Random, people: number, order: number) {
  const { id, name, gender } = drawPerson(random, people)
  const character = `${animals[random.below(animals.length)] ?? ""} "${order + 1}"`
  return (credit_id: string) => {
    const credit = { cast_id: order + 1, character, credit_id, gender, id, name, order }
    return { ...credit, profile_path: null }
  }
}

function drawCrewMember(random: Random, people: number, { job, at }: { job: string; at: number }) {
  const { id, name, gender } = drawPerson(random, people)
  const department = at === 0 ? "Directing" : "Writing"
  return (credit_id: string) => {
    return { credit_id, department, gender, id, job, name, profile_path: null }
  }
}
