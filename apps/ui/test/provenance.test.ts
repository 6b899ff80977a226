import { provenanceSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { readDocument, withServedProject } from "./served-project.ts"

test("the lines of a row are read by the values of its columns", async () => {
  await withServedProject(async ({ get, materialize }) => {
    await materialize()
    const read = (key: string) =>
      get(`/api/assets/best/provenance?key=${encodeURIComponent(key)}&partition=2026-01-04`)
    const document = provenanceSchema.parse(
      await readDocument(await read(JSON.stringify(["item=special 3", "orders=1"]))),
    )
    expect(document.row).toEqual({ item: "special 3", orders: "1" })
    expect(document.lines).toEqual([
      {
        source: "orders",
        partition: "2026-01-04",
        file: "orders/2026-01-04.json",
        line: 4,
        text: '{"id":4,"item":"special 3"}',
        decisive: true,
      },
    ])
    for (const key of ["item=beer", "itm=tea", '["item"]', "[1]"])
      expect((await read(key)).status).toBe(400)
  })
})
