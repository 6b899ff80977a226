import { createRandom, type Random, shuffleIds } from "@freshet/core/engine"

import { buildAliasTable, drawIndex } from "../alias-table.ts"
import { adjectives, animals } from "../name-words.ts"

/** A generated film. */
export interface DemoFilm {
  readonly id: number
  readonly title: string
  readonly genres: readonly NamedEntity[]
  readonly collection: NamedEntity | undefined
  readonly companies: readonly NamedEntity[]
  readonly country: readonly [code: string, name: string]
  readonly language: readonly [code: string, name: string]
  /** Empty if unknown. */
  readonly releaseDate: string
  /** 0 if unknown. */
  readonly budget: number
  readonly revenue: number
  readonly runtime: number
  readonly votes: number
  /** Typical rating by users: 3 to 9 half stars. */
  readonly quality: number
}

/** A label with TMDB's id and name. */
export type NamedEntity = { readonly id: number; readonly name: string }

const genres: readonly (readonly [id: number, name: string, weight: number, worth: number])[] = [
  [18, "Drama", 20, 1],
  [35, "Comedy", 13, 2],
  [53, "Thriller", 8, 2],
  [10749, "Romance", 7, 1],
  [28, "Action", 7, 5],
  [27, "Horror", 5, 1],
  [80, "Crime", 4, 2],
  [99, "Documentary", 4, 1],
  [12, "Adventure", 4, 7],
  [878, "Science Fiction", 3, 5],
  [10751, "Family", 3, 6],
  [9648, "Mystery", 2, 2],
  [14, "Fantasy", 2, 6],
  [16, "Animation", 2, 6],
  [10402, "Music", 2, 1],
  [36, "History", 1, 1],
  [10752, "War", 1, 2],
  [37, "Western", 1, 1],
]
const genreTable = buildAliasTable(genres.map(([, , weight]) => weight))
const countries = [
  ["US", "United States of America"],
  ["GB", "United Kingdom"],
  ["FR", "France"],
  ["JP", "Japan"],
] as const
const languages = [
  ["en", "English"],
  ["en", "English"],
  ["fr", "Français"],
  ["ja", "日本語"],
] as const
const placeTable = buildAliasTable([12, 3, 3, 2])
/** Raises the revenue of films released in summer or at the end of the year. */
const seasons = [2, 2, 3, 3, 5, 6, 6, 3, 2, 3, 5, 6]
const newestYear = 2021

/** Generates the films of a seed. The ids of TMDB overlap with those of MovieLens (1, 2, 3 …) but denote other films. */
export function generateFilms(seed: number, count: number): readonly DemoFilm[] {
  const ids = shuffleIds(2 * count, createRandom(seed, "film ids"))
  return Array.from({ length: count }, (_, at) =>
    generateFilm(createRandom(seed, "film", at), ids[at] ?? 0, count),
  )
}

function generateFilm(random: Random, id: number, count: number): DemoFilm {
  const filmGenres = drawGenres(random)
  const month = 1 + random.below(12)
  const place = drawIndex(placeTable, random)
  const worth = filmGenres.reduce((most, { worth }) => Math.max(most, worth), 1)
  const revenue = random.below(5) < 2 ? drawRevenue(random, worth * (seasons[month - 1] ?? 1)) : 0
  return {
    id,
    title: drawTitle(random),
    genres: filmGenres.map(({ id, name }) => ({ id, name })),
    collection: random.below(12) === 0 ? drawCollection(random, count) : undefined,
    companies: Array.from({ length: random.below(3) }, () => drawCompany(random, count)),
    country: countries[place] ?? countries[0],
    language: languages[place] ?? languages[0],
    releaseDate: random.below(300) === 0 ? "" : drawReleaseDate(random, month),
    budget: revenue === 0 ? 0 : Math.floor(revenue / (1 + random.below(5))),
    revenue,
    runtime: random.below(20) === 0 ? 0 : 70 + random.below(80),
    votes: random.below(1 + random.below(3_000)),
    quality: 3 + random.below(4) + random.below(4),
  }
}

function drawGenres(random: Random): readonly (NamedEntity & { readonly worth: number })[] {
  const genresById = new Map<number, NamedEntity & { readonly worth: number }>()
  for (let remainingGenres = 1 + random.below(3); remainingGenres > 0; remainingGenres -= 1) {
    const [id = 0, name = "", , worth = 1] = genres[drawIndex(genreTable, random)] ?? []
    genresById.set(id, { id, name, worth })
  }
  return [...genresById.values()]
}

function drawRevenue(random: Random, worth: number): number {
  const millions = (1 + random.below(40)) * (1 + random.below(worth))
  return millions * 100_000 + random.below(100_000)
}

function drawReleaseDate(random: Random, month: number): string {
  const ago = Math.min(random.below(60), random.below(60))
  const day = 1 + random.below(28)
  return `${newestYear - ago}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`
}

function pick(list: readonly string[], random: Random): string {
  return list[random.below(list.length)] ?? ""
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

function drawTitle(random: Random): string {
  const first = capitalize(pick(adjectives, random))
  const second = pick(animals, random)
  const forms = [
    `The ${first} ${second}`,
    `${first} ${second}s`,
    `${second}, My ${second}`,
    `The ${second}'s Year`,
    `"${first}"`,
    `${first} & ${capitalize(pick(adjectives, random))}`,
  ]
  return pick(forms, random)
}

function drawCollection(random: Random, count: number): NamedEntity {
  const at = random.below(Math.ceil(count / 40))
  return { id: 9_000 + at, name: `${animals[at % animals.length] ?? ""}'s Collection ${at + 1}` }
}

function drawCompany(random: Random, count: number): NamedEntity {
  const at = random.below(Math.ceil(count / 15))
  const name = capitalize(adjectives[at % adjectives.length] ?? "")
  const forms = [`${name} Pictures`, `${name}'s "Fine" Films`, `Studio ${name}`]
  return { id: 100 + at, name: `${forms[at % 3] ?? name} ${at + 1}` }
}
