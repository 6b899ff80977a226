import type { StatusDocument } from "@freshet/services"
import { expect, test } from "vitest"

import { withDeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import {
  declareRecs,
  landRaw,
  readPublishedRows,
  recsPrelude,
  withPublishedRecs,
} from "./published-recs.ts"
import { declareShop } from "./shop.ts"

test.each(["and", "or", "not"])(
  "case 15: an asset named `%s` is refused at its declaration",
  async (name) => {
    const declarations = declareShop().replace('name: "items"', `name: "${name}"`)
    await withDeclaredProject(declarations, async (project) => {
      const { code, stderr } = await runFreshet(project, "status")
      expect(code).toBe(2)
      expect(stderr).toContain(`\`${name}\` is a word of the selection grammar`)
    })
  },
)

const noAssets = `${recsPrelude}
  export const assets = [raw]`

test("case 13: a removed asset is listed as orphaned until its records are wiped and its table is dropped", async () => {
  await withPublishedRecs(declareRecs({ name: "old_recs" }), async (project) => {
    for (const day of [1, 2, 3]) landRaw(project, `2026-01-0${day}`, day)
    expectDone(
      await runFreshet(project, "materialize", "--from", "2026-01-01", "--to", "2026-01-03"),
    )
    await project.declare(noAssets)

    const line = /old_recs: table recs \(1 row\), 3 files, \d/
    expect((await runFreshet(project, "status")).stdout).toMatch(line)
    expect(await readFreshetJson<StatusDocument>(project, "status")).toMatchObject({
      orphaned: [{ asset: "old_recs", table: "recs", rows: 1, materializations: 3, files: 3 }],
    })
    expect((await runFreshet(project, "doctor")).stdout).toContain(
      "old_recs is not declared: table recs, 3 files",
    )

    const partial = await runFreshet(project, "wipe", "old_recs", "--date", "2026-01-01", "--yes")
    expect(partial.code).toBe(2)
    expect(partial.stderr).toContain("`freshet wipe old_recs --all` wipes all of them.")
    const wiped = await runFreshet(project, "wipe", "old_recs", "--all", "--yes")
    expectDone(wiped)
    expect(wiped.stdout).toContain("old_recs (3 partitions) wiped: 3 materializations, 3 files")
    expect((await runFreshet(project, "status")).stdout).toContain("old_recs: table recs (1 row)\n")

    expectDone(await runFreshet(project, "gc", "--grace", "0", "--yes"))
    expect(await readPublishedRows(project)).toEqual(["1 3 1"])
    const unconfirmed = await runFreshet(project, "gc", "--unpublish")
    expect(unconfirmed.code).toBe(2)
    expect(await readPublishedRows(project)).toEqual(["1 3 1"])
    const dropped = await runFreshet(project, "gc", "--unpublish", "--yes")
    expectDone(dropped)
    expect(dropped.stdout).toContain("Table recs of old_recs dropped: 1 row.")
    await expect(readPublishedRows(project)).rejects.toThrow("does not exist")
    const status = await readFreshetJson<StatusDocument>(project, "status")
    expect(status).toMatchObject({ orphaned: [] })
  })
})

test("case 13: a renamed asset leaves no orphan where its table stays published", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    landRaw(project, "2026-01-01", 1)
    expectDone(await runFreshet(project, "materialize"))
    await project.declare(declareRecs({ name: "new_recs" }))
    expect(await readFreshetJson<StatusDocument>(project, "status")).toMatchObject({
      orphaned: [{ asset: "recs", table: null, files: 1 }],
    })
    expectDone(await runFreshet(project, "materialize"))
    expectDone(await runFreshet(project, "gc", "--unpublish", "--yes"))
    expect(await readPublishedRows(project)).toEqual(["1 1 1"])
    expectDone(await runFreshet(project, "wipe", "recs", "--all", "--yes"))
    expect(await readFreshetJson<StatusDocument>(project, "status")).toMatchObject({
      orphaned: [],
    })
  })
})
