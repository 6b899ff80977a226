import { readFileSync, writeFileSync } from "node:fs"

import { runLogPageSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"
import * as z from "zod/mini"

import { requestListSchema, sessionSchema } from "../server/documents.ts"
import { endpoints } from "../server/endpoints.ts"
import { buildOpenApi } from "../server/open-api.ts"
import { type ReceivedEvent, readEvents } from "./event-stream.ts"
import { readDocument, withServedProject } from "./served-project.ts"

test("every document has the shape of its schema, before and after a materialization", async () => {
  await withServedProject(async ({ get, materialize, services }) => {
    const readAll = async () => {
      for (const { method, path, answer } of endpoints) {
        if (method !== "get" || path.startsWith("/api/runs/:run")) continue
        if (path.endsWith("/provenance")) continue // of a row
        const asset = /quarantine$|diff$/.test(path) ? "orders" : "best"
        const response = await get(
          path.replace(":asset", asset).replace(":column", "item").replace(":query", "sold_items"),
        )
        if (response.status === 400 && /rows$|versions$|profile$/.test(path)) continue // nothing is materialized yet
        z.parse(answer, await readDocument(response))
      }
    }
    await readAll()
    await materialize()
    await readAll()
    await expect
      .poll(async () => (await get("/api/runs")).text(), { timeout: 300_000 })
      .toContain("succeeded")
    const { runs } = await readDocument<{ runs: readonly { id: string }[] }>(await get("/api/runs"))
    const runEndpoint = endpoints.find(
      ({ path, method }) => path === "/api/runs/:run" && method === "get",
    )
    const run = await readDocument(await get(`/api/runs/${runs[0]?.id ?? ""}`))
    expect(z.safeParse(runEndpoint?.answer ?? z.never(), run).error).toBeUndefined()
    const log = await readDocument(await get(`/api/runs/${runs[0]?.id ?? ""}/log?limit=10`))
    expect(runLogPageSchema.parse(log)).toMatchObject({ outcome: "succeeded", lines: [], next: 0 })
    expect(sessionSchema.parse(await readDocument(await get("/api/session"))).role).toBe("operator")
    expect(
      requestListSchema.parse(await readDocument(await get("/api/requests"))).requests,
    ).toEqual([])
    expect(services.config.assets).toHaveLength(4)
  })
})

test("an answer is compressed on request, and the same until the project changes", async () => {
  await withServedProject(async ({ get, land }) => {
    const plain = await get("/api/status", { "accept-encoding": "identity" })
    const compressed = await get("/api/status", { "accept-encoding": "gzip" })
    expect(plain.headers.get("content-encoding")).toBeNull()
    expect(compressed.headers.get("content-encoding")).toBe("gzip")
    const text = await plain.text()
    expect(await compressed.text()).toBe(text)
    expect(await (await get("/api/status")).text()).toBe(text)
    land("orders/2026-01-05.json", JSON.stringify({ id: 1, item: "bread" }))
    await expect
      .poll(async () => (await get("/api/status")).text(), { timeout: 300_000 })
      .toContain("2026-01-05")
  })
})

test("a page receives each event after the moment at which it was served", async () => {
  await withServedProject(async ({ address, get, post }) => {
    const html = await (await get("/catalog")).text()
    const [, lastId = ""] = /name="freshet-event" content="([^"]+)"/.exec(html) ?? []
    const target = { kind: "materialize", selection: ["items"], partitions: {}, publish: false }
    await post("/api/requests", { target })
    const isRequest = ({ kind }: ReceivedEvent) => kind === "request_changed"
    const [hello, ...events] = await readEvents(address, (all) => all.some(isRequest), { lastId })
    expect(hello).toMatchObject({ kind: "hello", id: lastId })
    expect(events.find(isRequest)?.event).toMatchObject({ request: { state: "queued" } })
  })
})

test("partitions are ranges by state, and a window of single partitions with the newest first", async () => {
  await withServedProject(async ({ get, materialize }) => {
    await materialize()
    const readPartitions = async () =>
      readDocument(await get("/api/assets/best/partitions?limit=2"))
    await expect.poll(readPartitions, { timeout: 300_000 }).toMatchObject({
      count: 4,
      kind: "daily",
      ranges: [
        { from: "2026-01-01", to: "2026-01-03", count: 3, state: "missing" },
        { from: "2026-01-04", to: "2026-01-04", count: 1, state: "fresh" },
      ],
      partitions: [
        { key: "2026-01-04", state: "fresh", rows: 5 },
        { key: "2026-01-03", state: "missing", rows: null },
      ],
    })
    const source = await readDocument(await get("/api/assets/orders/partitions"))
    expect(source).toMatchObject({ count: 4, ranges: [{ state: "fresh", count: 4 }] })
  })
})

test("a profile counts distinct values, and has the first and last value of each column", async () => {
  await withServedProject(async ({ get, land, materialize }) => {
    const lines = ["bread", "milk", "bread"].map((item, id) => ({ id, item }))
    land("orders/2026-01-04.json", lines.map((line) => JSON.stringify(line)).join("\n"))
    await materialize()
    const read = async () => readDocument(await get("/api/assets/items/profile"))
    await expect.poll(read, { timeout: 300_000 }).toMatchObject({
      partition: "2026-01-04",
      rows: 2,
      is_estimated: false,
      columns: [
        { name: "item", nulls: 0, distinct: 2, minimum: "bread", maximum: "milk" },
        { name: "orders", nulls: 0, distinct: 2, minimum: "1", maximum: "2" },
      ],
    })
  })
})

test("the rows of the latest partitions are listed for assets that have several", async () => {
  await withServedProject(async ({ get, post, materialize }) => {
    await materialize()
    const target = {
      kind: "backfill",
      asset: "items",
      partitions: { from: "2026-01-02", to: "2026-01-04" },
      downstream: false,
    }
    await post("/api/requests", { target })
    const readCounts = async () => {
      const { assets } = await readDocument<{ readonly assets: readonly { name: string }[] }>(
        await get("/api/row-counts"),
      )
      return assets.find(({ name }) => name === "items")
    }
    await expect.poll(readCounts, { timeout: 300_000 }).toMatchObject({
      counts: [
        { partition: "2026-01-02", rows: 3 },
        { partition: "2026-01-03", rows: 3 },
        { partition: "2026-01-04", rows: 3 },
      ],
    })
  })
})

test("attention names the root cause, everything that it affects, and the work that fixes it", async () => {
  await withServedProject(async ({ get, materialize, land }) => {
    expect(await readDocument(await get("/api/attention"))).toMatchObject({
      causes: [{ kind: "missing", subject: null, affected: ["items", "best", "counts"] }],
    })
    await materialize()
    await expect
      .poll(async () => readDocument(await get("/api/attention")), { timeout: 300_000 })
      .toMatchObject({ causes: [] })
    land("orders/2026-01-03.json", JSON.stringify({ id: 1, item: "bread" }))
    await expect
      .poll(async () => readDocument(await get("/api/attention")), { timeout: 300_000 })
      .toMatchObject({
        causes: [
          {
            kind: "changed",
            subject: "orders",
            partitions_text: "2026-01-03",
            status: "stale",
            affected: ["best", "counts"],
            steps: 3,
          },
        ],
      })
  })
})

test("attention shows a failed check with its failed rows, and the assets downstream", async () => {
  await withServedProject(async ({ get, materialize, land }) => {
    const line = (id: number) => JSON.stringify({ id, item: "tea" })
    land("orders/2026-01-04.json", Array.from({ length: 101 }, (_, id) => line(id)).join("\n"))
    await materialize()
    await expect
      .poll(async () => readDocument(await get("/api/attention")), { timeout: 300_000 })
      .toMatchObject({
        causes: [
          {
            kind: "failed",
            subject: "items",
            partitions_text: "2026-01-04",
            affected: ["items", "best", "counts"],
            failed_checks: [
              { asset: "items", checks: [{ name: "at_most_100_orders", failures: 1 }] },
            ],
          },
        ],
      })
  })
})

test("a wrong request is answered with its problems and remedies", async () => {
  await withServedProject(async ({ get, post }) => {
    const unknown = await get("/api/assets/nothing")
    expect(unknown.status).toBe(400)
    expect(await unknown.json()).toMatchObject({ problems: [{ kind: "unknown_asset" }] })
    expect((await get("/api/status?selection=satus:stale")).status).toBe(400)
    expect((await get("/api/status?colour=red")).status).toBe(400)
    expect((await get("/api/assets/best/rows?limit=100000")).status).toBe(400)
    expect((await post("/api/plan", { target: { kind: "drop" } })).status).toBe(400)
    expect((await get("/api/nothing")).status).toBe(404)
  })
})

test("the description of the HTTP interface is that of the code", () => {
  const file = new URL("../openapi.json", import.meta.url)
  const text = `${JSON.stringify(buildOpenApi(), null, 2)}\n`
  if (process.env["FRESHET_UPDATE_DOCS"] === "1") writeFileSync(file, text)
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(text))
})
