import { pageQuery, sql } from "@freshet/core"
import { expect, test } from "vitest"

import { readDocument, withServedProject } from "./served-project.ts"

test("a page query reads one partition with its parameters, and lists the materialized partitions", async () => {
  await withServedProject(async ({ get, materialize }) => {
    expect(await readDocument(await get("/api/queries/sold_items"))).toMatchObject({
      partition: null,
      partitions: [],
      rows: [],
    })
    await materialize()
    const partitions = ["2026-01-04", "2026-01-03", "2026-01-02"]
    expect(await readDocument(await get("/api/queries/sold_items"))).toMatchObject({
      query: "sold_items",
      partition: "2026-01-04",
      partitions,
      rows: [{ item: "tea", orders: 2, items: 5 }, { item: "cake" }, { item: "special 3" }],
      more: false,
    })
    const past = await get("/api/queries/sold_items?partition=2026-01-02&part=special")
    expect(await readDocument(past)).toMatchObject({
      partition: "2026-01-02",
      rows: [{ item: "special 1", orders: 1 }],
    })
    const unknown = await get("/api/queries/sold_items?partition=2020-01-02")
    expect(await readDocument(unknown)).toMatchObject({ partition: null, partitions, rows: [] })
  })
})

test("a value of a page query is data, not SQL", async () => {
  await withServedProject(async ({ get, materialize, land }) => {
    land("orders/2026-01-04.json", JSON.stringify({ id: 1, item: "it's" }))
    await materialize()
    for (const [part, count] of [
      ["'s", 1],
      ["' or true --", 0],
      ["\\' or true --", 0],
    ] as const) {
      const parameters = new URLSearchParams({ part }).toString()
      const answer = await readDocument<{ readonly rows: readonly object[] }>(
        await get(`/api/queries/sold_items?${parameters}`),
      )
      expect(answer.rows).toHaveLength(count)
    }
  })
})

test("an unknown page query, an unknown parameter and a query that does not bind are problems", async () => {
  const misspelt = pageQuery({
    name: "misspelt",
    description: "Nothing.",
    asset: "items",
    query: () => sql`select * from itmes`,
  })
  await withServedProject(
    async ({ get, materialize }) => {
      await materialize()
      for (const [path, message] of [
        ["mispelt", "No page query is named `mispelt`."],
        ["misspelt?day=1", "The page query `misspelt` has no parameter day."],
        ["misspelt", "No asset is named `itmes`."],
      ] as const) {
        const response = await get(`/api/queries/${path}`)
        expect(response.status).toBe(400)
        expect(await response.json()).toMatchObject({ problems: [{ message }] })
      }
    },
    { pageQueries: [misspelt] },
  )
})

test("a page query has a plain name and leaves the names of the request to it", () => {
  const options = { description: "Nothing.", asset: "items", query: () => sql`select 1` }
  expect(() => pageQuery({ ...options, name: "../status" })).toThrow(RangeError)
  expect(() => pageQuery({ ...options, name: "query" })).toThrow(RangeError)
  expect(() => pageQuery({ ...options, name: "best", parameters: ["partition"] })).toThrow(
    RangeError,
  )
})

test("a page query over published tables runs in PostgreSQL, which changes nothing and takes values as data", async () => {
  const published = pageQuery({
    name: "published_settings",
    description: "The setting of the transaction, and the requested text.",
    asset: "items",
    tables: "published",
    parameters: ["text"],
    query: ({ text }) => sql`
      select current_setting('transaction_read_only') as read_only, ${text}::text as text`,
  })
  await withServedProject(
    async ({ get, materialize }) => {
      await materialize()
      for (const text of ["it's", "' or true --", "\\' or true --", "$1"]) {
        const parameters = new URLSearchParams({ text }).toString()
        expect(
          await readDocument(await get(`/api/queries/published_settings?${parameters}`)),
        ).toMatchObject({ rows: [{ read_only: "on", text }], more: false })
      }
    },
    { pageQueries: [published] },
  )
})
