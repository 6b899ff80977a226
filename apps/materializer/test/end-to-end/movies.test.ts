import { readFileSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { writeMoviesInSizes } from "@freshet/demo"
import { expect, test } from "vitest"

import { type CommandResult, expectDone, runFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { withTestProject, type TestProject } from "./test-project.ts"

const sizes = { films: 150, users: 60, ratings: 6_000, malformedEvery: 1_000_000 }
const landFilms = ({ landing }: TestProject) => writeMoviesInSizes(sizes, { seed: 5, landing })

interface Change {
  readonly table: string
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
}

interface RunDocument {
  readonly outcome: string
  readonly steps: readonly { readonly step: string }[]
  readonly publications: readonly { readonly set: string; readonly changes: readonly Change[] }[]
}

function documentOf(ended: CommandResult): RunDocument {
  expectDone(ended)
  return JSON.parse(ended.stdout)
}

/** Table → its rows by key, each as text with the time when it was written last. */
type Published = ReadonlyMap<string, ReadonlyMap<string, string>>

function readPublished(place: TestProject): Promise<Published> {
  return withLedgerClient(place, async (client) => {
    const { rows: tables } = await client.query<{ name: string; key: string }>(`
      select c.relname as name, string_agg(format('%I', a.attname), ', ' order by k.at) as key
      from pg_index i join pg_class c on c.oid = i.indrelid
      cross join unnest(i.indkey) with ordinality as k(attnum, at)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
      where i.indisprimary and c.relnamespace = 'movies'::regnamespace
      group by c.relname`)
    const read = new Map<string, ReadonlyMap<string, string>>()
    for (const { name, key } of tables) {
      const { rows } = await client.query<{ key: string; row: string }>(
        `select concat_ws('|', ${key}) as key, t.xmin || ' ' || t::text as row from movies.${name} as t`,
      )
      read.set(name, new Map(rows.map(({ key, row }) => [key, row])))
    }
    return read
  })
}

/** Counts the changed rows of each table. */
function differences(before: Published, after: Published): Readonly<Record<string, number>> {
  const counts = [...after].map(([table, rows]) => {
    const old = before.get(table) ?? new Map()
    const gone = [...old.keys()].filter((key) => !rows.has(key)).length
    return [table, gone + [...rows].filter(([key, row]) => old.get(key) !== row).length] as const
  })
  return Object.fromEntries(counts.filter(([, differing]) => differing > 0))
}

const filmsAlone = ["materialize", "group:movies", "--json"]

test("films are published, and a second run has no work and writes nothing", async () => {
  await withTestProject(async (place) => {
    await landFilms(place)
    const first = documentOf(await runFreshet(place, ...filmsAlone))
    expect(first.outcome).toBe("succeeded")
    expect(first.publications.map(({ set }) => set).toSorted()).toEqual(["movie_credits", "movies"])
    const before = await readPublished(place)
    expect(before.size).toBe(24)
    expect(before.get("ratings")?.size).toBeGreaterThan(5_900)
    const now = new Date()
    for (const name of ["ratings.csv", "movies_metadata.csv", "consumer_price_index.csv"])
      utimesSync(join(place.landing, "movies", name), now, now)
    const second = documentOf(await runFreshet(place, ...filmsAlone))
    expect(second).toMatchObject({ outcome: "nothing", steps: [] })
    expect(differences(before, await readPublished(place))).toEqual({})
  })
})

test("ten more ratings rebuild the assets that read ratings, and only changed rows are published", async () => {
  await withTestProject(async (place) => {
    await landFilms(place)
    documentOf(await runFreshet(place, ...filmsAlone))
    const before = await readPublished(place)
    const path = join(place.landing, "movies", "ratings.csv")
    const more = Array.from({ length: 10 }, (_, at) => `${900 + at},1,4.5,1500000000\n`)
    writeFileSync(path, readFileSync(path, "utf8") + more.join(""))
    const run = documentOf(await runFreshet(place, ...filmsAlone))
    expect(run.steps.map(({ step }) => step).toSorted()).toEqual([
      "film_ratings all",
      "highest_rated_films all",
      "linked_ratings all",
      "popular_genres all",
    ])
    const found = differences(before, await readPublished(place))
    const [publication] = run.publications
    expect(run.publications).toHaveLength(1)
    const changedRows = (publication?.changes ?? []).map((change) => {
      const { table, inserted, updated, deleted } = change
      return [table.replace("movies.", ""), inserted + updated + deleted] as const
    })
    expect(Object.fromEntries(changedRows.filter(([, many]) => many > 0))).toEqual(found)
    expect(found["ratings"]).toBe(10)
    expect(Object.keys(found).toSorted()).toEqual([
      "highest_rated_films",
      "popular_genres",
      "ratings",
    ])
  })
})

test("a changed file that changes no published row publishes nothing", async () => {
  await withTestProject(async (place) => {
    await landFilms(place)
    documentOf(await runFreshet(place, ...filmsAlone))
    const before = await readPublished(place)
    const path = join(place.landing, "movies", "movies_metadata.csv")
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("A film about", "A movie about"))
    const run = documentOf(await runFreshet(place, ...filmsAlone))
    expect(run.steps.map(({ step }) => step)).toContain("film_records all")
    expect(run.publications).toEqual([])
    expect(differences(before, await readPublished(place))).toEqual({})
  })
})
