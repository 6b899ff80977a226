import { daily, int64, nullable, sourceAsset, sql, sqlAsset, text, unique } from "@freshet/core"
import type { DiffDocument, VersionsDocument } from "@freshet/services"
import { expect, test } from "vitest"

import { readDocument, type ServedProject, withServedProject } from "./served-project.ts"

const partitions = daily({ start: "2026-01-01" })
const columns = { id: nullable(int64("Order.")), item: text("Item.") }

const orders = sourceAsset({
  group: "shop",
  partitions,
  name: "orders",
  description: "Orders.",
  columns,
  format: { kind: "json_lines" },
  path: "orders/{partition}.json",
})

const keyed = sqlAsset({
  group: "shop",
  partitions,
  name: "keyed",
  description: "Orders by id.",
  columns,
  query: sql`from ${orders}`,
  checks: [unique("id")],
})

const whole = sqlAsset({
  group: "shop",
  partitions,
  name: "whole",
  description: "Items.",
  columns: { item: text("Item.") },
  query: sql`select item from ${orders}`,
})

function formatLines(
  items: Readonly<Record<string, string>>,
  extra: readonly object[] = [],
): string {
  const rows = Object.entries(items).map(([id, item]) => ({ id: Number(id), item }))
  return [...rows, ...extra].map((row) => JSON.stringify(row)).join("\n")
}

async function withOrders(work: (project: ServedProject) => Promise<void>): Promise<void> {
  await withServedProject(
    async (project) => {
      project.land("orders/2026-01-03.json", formatLines({ 1: "tea", 2: "bread", 3: "jam" }))
      project.land(
        "orders/2026-01-04.json",
        formatLines({ 1: "tea", 2: "butter", 4: "bread" }, [{ id: null, item: "<b>nothing</b>" }]),
      )
      await project.post("/api/requests", {
        target: {
          kind: "backfill",
          asset: "keyed",
          partitions: { from: "2026-01-03", to: "2026-01-04" },
          downstream: false,
        },
      })
      await project.materialize()
      const readVersions = async () =>
        (await project.get("/api/assets/keyed/versions?partition=2026-01-03")).status
      await expect.poll(readVersions, { timeout: 300_000 }).toBe(200)
      await work(project)
    },
    { assets: [orders, keyed, whole] },
  )
}

async function readDiff({ get }: ServedProject, path: string): Promise<DiffDocument> {
  return readDocument<DiffDocument>(await get(`/api/assets/${path}`))
}

test("two partitions are compared by the key of the unique check, null included", async () => {
  await withOrders(async (project) => {
    expect(await readDiff(project, "keyed/diff?from=2026-01-03&to=2026-01-04")).toMatchObject({
      from: { partition: "2026-01-03", rows: 3 },
      to: { partition: "2026-01-04", rows: 4 },
      key: ["id"],
      added: 2,
      removed: 1,
      changed: 1,
      unchanged: 1,
      columns: [
        { name: "id", state: "key", changed: 0 },
        { name: "item", state: "compared", changed: 1 },
      ],
      rows: [
        {
          kind: "changed",
          key: { id: 2 },
          columns: ["item"],
          from: { item: "bread" },
          to: { item: "butter" },
        },
        { kind: "added", key: { id: 4 }, from: null, to: { item: "bread" } },
        { kind: "added", key: { id: null }, from: null, to: { item: "<b>nothing</b>" } },
        { kind: "removed", key: { id: 3 }, from: { item: "jam" }, to: null },
      ],
      more: false,
    })
    const limited = await readDiff(project, "keyed/diff?from=2026-01-03&limit=1")
    expect(limited.rows).toHaveLength(1)
    expect(limited.more).toBe(true)
    expect(limited.added).toBe(2)
  })
})

test("a partition is compared with its previous version, and versions are named by number", async () => {
  await withOrders(async (project) => {
    const { get, land, materialize } = project
    const readVersions = async () =>
      (await readDocument<VersionsDocument>(await get("/api/assets/keyed/versions"))).versions
    land("orders/2026-01-04.json", formatLines({ 1: "tea", 2: "butter", 4: "milk" }))
    await materialize()
    await expect
      .poll(readVersions, { timeout: 300_000 })
      .toMatchObject([{ is_current: true }, { is_current: false }])
    const [newest, earlier] = await readVersions()
    expect(newest).toMatchObject({ is_current: true, rows: 3 })
    const difference = await readDiff(project, "keyed/diff")
    expect(difference).toMatchObject({
      from: { partition: "2026-01-04", version: earlier?.version },
      to: { partition: "2026-01-04", version: newest?.version },
      added: 0,
      removed: 1,
      changed: 1,
    })
    const reversed = await readDiff(
      project,
      `keyed/diff?from_version=${newest?.version}&to_version=${earlier?.version}`,
    )
    expect(reversed).toMatchObject({ added: 1, removed: 0, changed: 1 })
    const unknown = await get("/api/assets/keyed/diff?from_version=999999")
    expect(unknown.status).toBe(400)
    expect(await unknown.text()).toContain("no retained version 999999")
  })
})

test("whole rows are compared without a key, and each occurrence counts", async () => {
  await withOrders(async (project) => {
    const { land, materialize, get } = project
    land("orders/2026-01-04.json", formatLines({ 1: "tea", 2: "tea", 3: "tea", 4: "jam" }))
    await materialize()
    await expect
      .poll(async () => (await (await get("/api/assets/whole/diff")).text()).includes("removed"), {
        timeout: 300_000,
      })
      .toBe(true)
    expect(await readDiff(project, "whole/diff")).toMatchObject({
      key: ["item"],
      added: 3,
      removed: 3,
      changed: 0,
      unchanged: 1,
    })
  })
})

test("landed files of a source are compared, and a key that does not identify rows is refused", async () => {
  await withOrders(async (project) => {
    expect(
      await readDiff(project, "orders/diff?from=2026-01-03&to=2026-01-04&key=id"),
    ).toMatchObject({
      from: { version: null },
      added: 2,
      removed: 1,
      changed: 1,
    })
    const { get, land, materialize } = project
    land("orders/2026-01-04.json", formatLines({ 1: "tea", 2: "tea" }))
    await materialize()
    await expect
      .poll(async () => (await get("/api/assets/whole/diff?key=item&from=2026-01-04")).text(), {
        timeout: 300_000,
      })
      .toContain("The key (item) does not identify rows: 2 keys occur more than once.")
    expect(await (await get("/api/assets/keyed/diff?from=2026-01-03&key=itm")).text()).toContain(
      "has no column `itm`",
    )
  })
})
