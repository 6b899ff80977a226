import { createRandom, type Random, shuffleIds } from "@freshet/core/engine"

import type { DemoFilm } from "./film.ts"
import type { MoviesDemoSizes } from "./sizes.ts"

const firstRating = 820_454_400 // 1996-01-01
const lastRating = 1_609_459_200 // 2021-01-01

/** Generates ratings: a few films have most of them, and each user rates a film once. */
export function* generateRatings(
  seed: number,
  films: readonly DemoFilm[],
  { users, ratings, malformedEvery }: MoviesDemoSizes,
): Generator<string> {
  yield "userId,movieId,rating,timestamp"
  const byRank = shuffleIds(films.length, createRandom(seed, "popularity"))
  let remainingRatings = ratings
  for (let user = 1; remainingRatings > 0; user += 1) {
    const random = createRandom(seed, "ratings", user)
    const userRatings =
      user < users ? Math.ceil(remainingRatings / (users - user + 1)) : remainingRatings
    for (const id of drawFilms(random, byRank, userRatings)) {
      if (remainingRatings === 0) break
      remainingRatings -= 1
      const quality = films[id - 1]?.quality ?? 5
      const halfStars = Math.min(10, Math.max(1, quality + random.below(4) + random.below(3) - 2))
      const seconds = firstRating + random.below(lastRating - firstRating)
      const stars = `${halfStars >> 1}.${halfStars % 2 === 0 ? 0 : 5}`
      yield `${user},${id},${remainingRatings % malformedEvery === 7 ? "n/a" : stars},${seconds}`
    }
  }
}

/** Draws about `filmTarget` films in order, popular ones more often. */
function drawFilms(random: Random, byRank: Int32Array, filmTarget: number): Int32Array {
  const filmCount = Math.max(
    1,
    Math.min(byRank.length, filmTarget * (1 + random.below(3)) - (filmTarget >> 1)),
  )
  const step = findStride(byRank.length, filmCount)
  const filmIds: number[] = []
  for (let rank = random.below(3); rank < byRank.length;) {
    filmIds.push(byRank[rank] ?? 1)
    rank += 1 + random.below(1 + Math.floor((2 * step * rank) / 1000))
  }
  return Int32Array.from(filmIds).toSorted()
}

const strides = new Map<string, number>() // "1000 100" → 44

/** Computes by how many thousandths a rank must grow at each step, on average, to pass all ranks in so many steps. */
function findStride(ranks: number, steps: number): number {
  const key = `${ranks} ${steps}`
  let stride = strides.get(key)
  for (let candidate = 1; stride === undefined; candidate += 1)
    if (candidate === 4_000 || countSteps(ranks, candidate) <= steps) stride = candidate
  strides.set(key, stride)
  return stride
}

function countSteps(ranks: number, stride: number): number {
  let steps = 0
  for (let rank = 0; rank < ranks; rank += 1 + Math.floor((stride * rank) / 1000)) steps += 1
  return steps
}
