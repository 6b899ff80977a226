import { type Random, randomFrom, shuffledIds } from "../demo-data/random.ts"
import type { DemoFilmsSizes } from "./demo-films-sizes.ts"
import type { DemoFilm } from "./film.ts"

const firstRating = 820_454_400 // 1996-01-01
const lastRating = 1_609_459_200 // 2021-01-01

/** The ratings by user and film: a few films have most of them, and each user rates a film once. */
export function* ratingLines(
  seed: number,
  films: readonly DemoFilm[],
  { users, ratings, malformedEvery }: DemoFilmsSizes,
): Generator<string> {
  yield "userId,movieId,rating,timestamp"
  const byRank = shuffledIds(films.length, randomFrom(seed, "popularity"))
  let left = ratings
  for (let user = 1; left > 0; user += 1) {
    const random = randomFrom(seed, "ratings", user)
    const wanted = user < users ? Math.ceil(left / (users - user + 1)) : left
    for (const id of filmsOf(random, byRank, wanted)) {
      if (left === 0) break
      left -= 1
      const quality = films[id - 1]?.quality ?? 5
      const half = Math.min(10, Math.max(1, quality + random.below(4) + random.below(3) - 2))
      const seconds = firstRating + random.below(lastRating - firstRating)
      const stars = `${half >> 1}.${half % 2 === 0 ? 0 : 5}`
      yield `${user},${id},${left % malformedEvery === 7 ? "n/a" : stars},${seconds}`
    }
  }
}

/** About as many films as wanted, in order: from each film on, the next one is likely near as long as it is popular. */
function filmsOf(random: Random, byRank: Int32Array, wanted: number): Int32Array {
  const many = Math.max(1, Math.min(byRank.length, wanted * (1 + random.below(3)) - (wanted >> 1)))
  const step = strideFor(byRank.length, many)
  const found: number[] = []
  for (let rank = random.below(3); rank < byRank.length;) {
    found.push(byRank[rank] ?? 1)
    rank += 1 + random.below(1 + Math.floor((2 * step * rank) / 1000))
  }
  return Int32Array.from(found).toSorted()
}

const strides = new Map<string, number>() // "1000 100" → 44

/** By how many thousandths of itself a rank must grow at each step, on average, so that so many steps lead through all of them. */
function strideFor(ranks: number, steps: number): number {
  const key = `${ranks} ${steps}`
  let stride = strides.get(key)
  for (let tried = 1; stride === undefined; tried += 1)
    if (tried === 4_000 || stepsThrough(ranks, tried) <= steps) stride = tried
  strides.set(key, stride)
  return stride
}

function stepsThrough(ranks: number, stride: number): number {
  let steps = 0
  for (let rank = 0; rank < ranks; rank += 1 + Math.floor((stride * rank) / 1000)) steps += 1
  return steps
}
