import type { ColumnLineageDocument } from "@freshet/services"
import { expect, test } from "vitest"

import { readDocument, withServedProject } from "./served-project.ts"

test("a column is traced up to the landed columns and down to the last reader, without rows", async () => {
  await withServedProject(async ({ get }) => {
    const readLineage = async (asset: string, column: string) =>
      readDocument<ColumnLineageDocument>(
        await get(`/api/assets/${asset}/columns/${column}/lineage`),
      )
    expect(await readLineage("best", "item")).toEqual({
      asset: "best",
      column: "item",
      traced: true,
      sources: [
        { asset: "items", column: "item", kind: "copied", distance: 1 },
        { asset: "orders", column: "item", kind: "copied", distance: 2 },
      ],
      row_sources: [{ asset: "items", column: "item" }],
      readers: [],
    })
    expect(await readLineage("best", "orders")).toMatchObject({
      sources: [{ asset: "items", column: "orders", kind: "computed", distance: 1 }],
      readers: [],
    })
    expect(await readLineage("orders", "item")).toMatchObject({
      traced: true,
      sources: [],
      row_sources: [],
      readers: [
        {
          asset: "items",
          columns: [{ name: "item", kind: "copied" }],
          decides_rows: true,
          distance: 1,
        },
        {
          asset: "best",
          columns: [{ name: "item", kind: "copied" }],
          decides_rows: true,
          distance: 2,
        },
        { asset: "counts", columns: [], decides_rows: true, distance: 3 },
      ],
    })
    const unknown = await get("/api/assets/best/columns/itm/lineage")
    expect(unknown.status).toBe(400)
    expect(await unknown.text()).toContain("has no column `itm`")
  })
})
