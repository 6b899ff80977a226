import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { landRaw, readPublishedRows, recsPrelude, withPublishedRecs } from "./published-recs.ts"

/** `recs` reads `raw` and `any_user`, whose row is always the same; its check reads `users`. */
const declarations = `${recsPrelude}
  import { refersTo } from "@freshet/core"
  const usersFile = sourceAsset({
    group: "recs", name: "users_file", description: "Users.", columns: { r: int64() },
    partitions: { kind: "none" }, format: { kind: "json_lines" }, path: "users.json",
  })
  const users = sqlAsset({
    group: "recs", name: "users", description: "Users.", columns: { r: int64("The user.") },
    query: sql\`select r from \${usersFile}\`,
  })
  const anyUser = sqlAsset({
    group: "recs", name: "any_user", description: "Any user.", columns: { n: int64("One.") },
    query: sql\`select 1::bigint as n from \${users} limit 1\`,
  })
  const recs = sqlAsset({
    ...common, columns, name: "recs", description: "Events by pair.",
    query: sql\`select u, r, count(*) as n from \${raw}, \${anyUser} group by u, r\`,
    checks: [refersTo("r", users)],
    publish: publishTo(recsTable, { set: "s" }),
  })
  export const assets = [raw, usersFile, users, anyUser, recs]`

function landUsers(project: DeclaredProject, ...users: readonly number[]): void {
  project.land("users.json", users.map((user) => `{"r":${user}}\n`).join(""))
}

test("a check that reads a second asset runs again when only that asset changed, as in an empty state folder", async () => {
  await withPublishedRecs(declarations, async (project) => {
    landRaw(project, "2026-01-01", 1)
    landUsers(project, 1, 2)
    expectDone(await runFreshet(project, "materialize"))
    landRaw(project, "2026-01-02", 2)
    landUsers(project, 1)
    const refused = await runFreshet(project, "materialize")
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain("recs 2026-01-02: check refers_to(r, users) failed")
    expect(await readPublishedRows(project)).toEqual(["1 1 1"])

    landUsers(project, 1, 2)
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 2 1"])

    landUsers(project, 1)
    const again = await runFreshet(project, "materialize")
    expect(again.code).toBe(4)
    expect(again.stderr).toContain("recs 2026-01-02: checked, check refers_to(r, users) failed")
    expect((await runFreshet(project, "materialize")).code).toBe(4)
    expect((await runFreshet(project, "status")).stdout).toContain("1 with failed checks")

    landUsers(project, 1, 2, 3)
    expectDone(await runFreshet(project, "materialize"))
    expect((await runFreshet(project, "materialize")).stdout).toBe(
      "Nothing is stale: all requested partitions are fresh.\n",
    )
  })
})
