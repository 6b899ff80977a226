import { expect, test } from "vitest"

import { withDeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"

const declarations = `
  import { codeAsset, daily, int64, sourceAsset, sql, sqlAsset } from "@freshet/core"

  const common = { group: "shop", description: "Rows.", partitions: daily({ start: "2026-01-01" }) }
  const columns = { id: int64("Number.") }
  const orders = sourceAsset({
    ...common, name: "orders", columns, format: { kind: "json_lines" }, path: "orders/{partition}.json",
  })
  const selected = sqlAsset({ ...common, name: "selected", columns, query: sql\`select id from \${orders}\` })
  const doubled = codeAsset({
    ...common, name: "doubled", columns, version: "1", upstream: { selected },
    async *compute({ selected }) {
      for await (const { id } of selected) yield { id: id * 2n }
    },
  })
  const assets = [Promise.resolve({ doubled, windowDays: 7 })]`

test("assets may be modules, and what they read belongs to the project without a list", async () => {
  await withDeclaredProject(declarations, async (project) => {
    project.land("orders/2026-01-01.json", '{"id":1}\n{"id":2}\n')
    expectDone(await runFreshet(project, "materialize"))
    const { stdout } = await runFreshet(
      project,
      "sql",
      "--csv",
      "select * from doubled order by id",
    )
    expect(stdout).toBe("id\n2\n4\n")
    const { assets } = await readFreshetJson<{ readonly assets: readonly { name: string }[] }>(
      project,
      "assets",
    )
    expect(assets.map(({ name }) => name)).toEqual(["doubled", "selected", "orders"])
  })
})
