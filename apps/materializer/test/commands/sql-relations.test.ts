import { findRelation } from "@freshet/services"
import { expect, test } from "vitest"

import { createTinyProject } from "../fixtures/tiny-project.ts"

const landed = { "2026-01-01": "one", "2026-01-02": "two", "2026-01-03": "three" }
const made = { "2026-01-01": "one", "2026-01-02": "two" }
const project = createTinyProject({ landed, materialized: made })

const find = (name: string) => findRelation(project, `from "${name}"`, name)

async function filesOf(name: string): Promise<readonly string[]> {
  const relation = await find(name)
  if (relation?.kind !== "stored") throw new Error(`${name} is not stored`)
  expect(relation.name).toBe(name)
  return relation.files
}

test("a name means the newest partition, one with a key that partition, one with `all` every one", async () => {
  const all = await filesOf("items@all")
  expect(all).toHaveLength(2)
  expect(await filesOf("items")).toEqual(all.slice(1))
  expect(await filesOf("items@2026-01-01")).toEqual(all.slice(0, 1))
  expect(await filesOf("Items@2026-01-01")).toEqual(all.slice(0, 1))
})

test("a source is read from its landed files", async () => {
  for (const [name, keys] of [
    ["orders", ["2026-01-03"]],
    ["orders@2026-01-01", ["2026-01-01"]],
    ["orders@all", Object.keys(landed)],
  ] as const) {
    const relation = await find(name)
    if (relation?.kind !== "landed") throw new Error(`${name} is not landed`)
    expect(relation.partitions.map(({ key }) => key)).toEqual(keys)
  }
})

test("the name of no asset is no relation", async () => {
  for (const name of ["item", "item@all", "@all", ""]) expect(await find(name)).toBeUndefined()
})

test.each([
  ["items@2026-01-03", "`items` 2026-01-03 is not materialized, so it has no rows."],
  ["items@2025-01-03", "comes before its first day"],
  ["items@", "is not a day of the calendar"],
  ["items@ALL", "is not a day of the calendar"],
])("a key without rows is a problem: %s", async (name, message) => {
  await expect(find(name)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(message),
  })
})

test("an asset that is not materialized has no rows to query", async () => {
  const unmade = createTinyProject({ landed })
  await expect(findRelation(unmade, "from items", "items")).rejects.toMatchObject({
    code: "usage",
    message: "`items` is not materialized, so it has no rows.",
  })
})
