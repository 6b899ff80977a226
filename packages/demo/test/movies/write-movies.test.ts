import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, expect, test } from "vitest"

import { generateFilms } from "../../src/movies/film.ts"
import { generateRatings } from "../../src/movies/rating-lines.ts"
import { writeMoviesInSizes } from "../../src/movies/write-movies.ts"

const folder = mkdtempSync(join(tmpdir(), "freshet-demo-films-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const sizes = { films: 800, users: 50, ratings: 5_000, malformedEvery: 1_000 }

async function landed(name: string, seed: number): Promise<ReadonlyMap<string, string>> {
  const landing = join(folder, name)
  const files = await writeMoviesInSizes(sizes, { seed, landing })
  return new Map(files.map(({ path }) => [path, readFileSync(join(landing, path), "utf8")]))
}

const hashOf = (files: ReadonlyMap<string, string>) =>
  createHash("sha256")
    .update(JSON.stringify([...files]))
    .digest("hex")
    .slice(0, 16)

test("the same seed gives the same bytes, another seed others", async () => {
  const [first, again, other] = [await landed("a", 1), await landed("b", 1), await landed("c", 2)]
  expect(hashOf(again)).toBe(hashOf(first))
  expect(hashOf(other)).not.toBe(hashOf(first))
  expect([...first.keys()]).toEqual([
    "movies/movies_metadata.csv",
    "movies/links.csv",
    "movies/credits.csv",
    "movies/keywords.csv",
    "movies/consumer_price_index.csv",
    "movies/ratings.csv",
  ])
})

test("the price index is the published one", async () => {
  const lines = (await landed("d", 1)).get("movies/consumer_price_index.csv")?.trim().split("\n")
  expect(lines?.[1]).toBe("1999-01-01,102.700")
  expect(lines).toHaveLength(281)
})

test("the films have every fault of the original file", async () => {
  const text = (await landed("e", 1)).get("movies/movies_metadata.csv") ?? ""
  expect(text).toContain(`\n\nThey called it ""the best`)
  expect(text).toMatch(/"\[\{'id': \d+, 'name': '[^']+'\}/)
  expect(text).toContain(`'name': ""`)
  expect(text.match(/^ - went elsewhere,/gm)).toHaveLength(2)
})

test("each user rates a film once, popular films have most ratings, and few lines are malformed", () => {
  const films = generateFilms(1, sizes.films)
  const [, ...lines] = [...generateRatings(1, films, sizes)]
  expect(lines).toHaveLength(sizes.ratings)
  const pairs = lines.map((line) => line.split(",").slice(0, 2).join())
  expect(new Set(pairs).size).toBe(sizes.ratings)
  expect(lines.filter((line) => line.includes(",n/a,"))).toHaveLength(5)
  const perFilm = new Map<string, number>()
  for (const line of lines) {
    const film = line.split(",")[1] ?? ""
    perFilm.set(film, (perFilm.get(film) ?? 0) + 1)
  }
  const most = [...perFilm.values()].toSorted((a, b) => b - a)
  const top = most.slice(0, most.length / 10).reduce((sum, each) => sum + each, 0)
  expect(top / sizes.ratings).toBeGreaterThan(0.3)
  const users = new Set(lines.map((line) => line.split(",")[0]))
  expect(users.size).toBeGreaterThan(sizes.users / 2)
})
