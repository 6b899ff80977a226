import type { DiffDocument } from "@freshet/services"
import { diffSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { landOrders, withShop } from "./shop.ts"

test("two partitions of an asset are compared by key, as text and as a document", () =>
  withShop(async (project) => {
    landOrders(project, "2026-01-04", 7)
    expectDone(
      await runFreshet(project, "backfill", "items", "--from", "2026-01-03", "--to", "2026-01-04"),
    )
    const compare = ["data", "diff", "items", "--from", "2026-01-03", "--to", "2026-01-04"]
    const { stdout } = await runFreshet(project, ...compare, "--json")
    const { added, removed, changed, unchanged, from, to }: DiffDocument = parseDocument(
      diffSchema,
      stdout,
    )
    expect(from.partition).toBe("2026-01-03")
    expect([from.rows, to.rows]).toEqual([5, 7])
    expect(changed + unchanged + removed).toBe(from.rows)
    expect(changed + unchanged + added).toBe(to.rows)
    const text = await runFreshet(project, ...compare)
    expect(text.stdout).toContain(`${added} added, ${removed} removed, ${changed} changed`)
    expect(text.stdout).toContain("items: 2026-01-03 (version ")
  }))

test("the newest partition is compared with its previous version", () =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "materialize"))
    landOrders(project, "2026-01-04", 9)
    expectDone(await runFreshet(project, "materialize"))
    const { stdout } = await runFreshet(project, "data", "diff", "items", "--json")
    const { from, to, added, removed, changed } = parseDocument(diffSchema, stdout)
    expect(from.partition).toBe(to.partition)
    expect(from.version).toBeLessThan(to.version ?? 0)
    expect(added + removed + changed).toBeGreaterThan(0)
  }))

test.each([
  [["--from", "2026-01-09"], "2026-01-09"],
  [["--from-version", "999999"], "no retained version 999999"],
  [["--key", "itm"], "has no column `itm`"],
])("%j is wrong usage", (flags, message) =>
  withShop(async (project) => {
    expectDone(await runFreshet(project, "materialize"))
    const { code, stderr } = await runFreshet(project, "data", "diff", "items", ...flags)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  }),
)
