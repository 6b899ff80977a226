import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import {
  correctedProject,
  createFailedChecksProject,
  freshProject,
  unmaterializedProject,
} from "../fixtures/project-states.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

test("the state has no effect on the exit code without --exit-code", async () => {
  const { code, out, err } = await runCommand(unmaterializedProject, ["status"])
  expect({ code, err }).toEqual({ code: 0, err: "" })
  expect(out).toMatch(/^◌ {2}items +missing +2026-01-04 +3 of 3 days missing$/m)
  expect(out).toMatch(/^◌ {2}best_items +missing +2026-01-04 +.* overdue 2 days$/m)
  expect(out).toContain("None of 2 assets are up to date; 2 missing, 1 overdue.\n")
  expect((await runCommand(unmaterializedProject, ["status", "--exit-code"])).code).toBe(5)
})

test("--exit-code is 0 when everything is fresh and on time", async () => {
  const { code, out } = await runCommand(freshProject, ["status", "--exit-code"])
  expect(out).toMatch(/^◇ {2}orders +source +2026-01-04 +3 days +3\.0 kB$/m)
  expect(out).toMatch(/^● {2}items +fresh +2026-01-04 +3 days +1,200 +1 h ago$/m)
  expect(out).toMatch(/\n\nAll 2 assets are up to date\. Published: shop 2026-01-04, just now\.\n$/)
  expect(code).toBe(0)
})

test.each([
  [60, ["asset", "status", "newest"]],
  [80, ["asset", "status", "newest", "notes"]],
  [120, ["asset", "status", "newest", "partitions", "rows", "materialized", "notes"]],
])("the table fits %i columns", async (columns, headers) => {
  const { out } = await runCommand(correctedProject, ["status"], { style: { columns } })
  const table = out.split("\n\n")[0]?.split("\n") ?? []
  expect(table[0]?.trim().split(/\s+/)).toEqual(headers)
  expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(columns)
  expect(out).toMatch(/^◐ {2}best_items +stale: items 2026-01-03 +2026-01-04/m)
  expect(out).toContain(
    "1 of 2 assets is up to date; 1 stale, 1 overdue. Published: shop 2026-01-04",
  )
  expect(out).toContain("`freshet materialize` brings everything up to date.\n")
})

test("a locale without unicode gets plain letters", async () => {
  const { out } = await runCommand(correctedProject, ["status", "--stale"], {
    style: { unicode: false, columns: 80 },
  })
  expect(out).toMatch(/^[\t\n\x20-\x7e]*$/)
})

test("--json has the same shape in every state", async () => {
  const { out } = await runCommand(correctedProject, ["status", "--json"])
  const upstream = {
    kind: "upstream",
    asset: "items",
    partitions: [{ from: "2026-01-03", to: "2026-01-03" }],
  }
  expect(JSON.parse(out)).toMatchObject({
    schema_version: 3,
    now: "2026-01-05T12:00:00.000Z",
    summary: {
      assets: 2,
      sources: 1,
      fresh: 1,
      stale: 1,
      missing: 0,
      failed: 0,
      overdue: 1,
      due_soon: 0,
    },
    assets: [
      { name: "orders", status: "source", bytes: 3000, rows: null, materialized_at: null },
      { name: "items", status: "fresh", causes: [], partitions: { total: 3, fresh: 2, stale: 1 } },
      {
        name: "best_items",
        status: "stale",
        blocker: null,
        causes: [upstream],
        failure: null,
        newest_partition: "2026-01-04",
        materialized_at: "2026-01-05T11:00:00.000Z",
        deadline: "overdue",
        overdue: {
          partition: "2026-01-04",
          due_at: "2026-01-05T07:00:00.000Z",
          reason: "items 2026-01-03 is stale: its inputs changed",
        },
        due_soon: null,
      },
    ],
    publications: [{ set: "shop", partition: "2026-01-04" }],
  })
})

test("the message of a failed check is in the notes", async () => {
  const { out } = await runCommand(createFailedChecksProject(["unique(item)"]), ["status", "items"])
  expect(out).toMatch(
    /^✕ {2}items {2}failed check unique\(item\) {2}.* 1,200 rows of items fail unique\(item\)$/m,
  )
  expect(out).toContain("The asset is not up to date; 1 failed.")
  expect(out).toContain("`freshet why items` explains the failure.")
  const twoChecks = createFailedChecksProject(["unique(item)", "c"])
  expect((await runCommand(twoChecks, ["status", "items"])).out).toContain("failed 2 checks")
})

test("an empty landing zone lists the expected paths", async () => {
  const { out } = await runCommand(createTinyProject({ landed: {} }), ["status"])
  expect(out).toContain("Files are expected in /project/landing:\n  orders/{partition}.json\n")
  expect(out).toContain("`freshet demo` runs a complete example")
})

test("with --demo every printed command has the flag", async () => {
  const { out } = await runCommand(correctedProject, ["status", "--demo"])
  expect(out).toContain("`freshet materialize --demo` brings")
  const why = await runCommand(correctedProject, ["why", "best_items", "--demo"])
  expect(why.out).toMatch(/^ {2}freshet materialize best_items --demo$/m)
  const json = await runCommand(correctedProject, ["why", "best_items", "--demo", "--json"])
  expect(JSON.parse(json.out)).toMatchObject({ command: "freshet materialize best_items --demo" })
  const wrong = await runCommand(correctedProject, ["why", "orders", "--demo"])
  expect(wrong.err).toContain("`freshet status orders+ --demo`")
})

test("a filter limits the list and not the summary", async () => {
  const { out } = await runCommand(correctedProject, ["status", "items", "--stale"])
  expect(out).toContain("The asset is up to date.")
  expect(out).not.toContain("best_items")
})

test("overdue is one word in flag, selection and JSON; the previous name of the flag is accepted", async () => {
  const listNames = async (...words: readonly string[]) => {
    const { out } = await runCommand(unmaterializedProject, ["status", ...words, "--json"])
    const { assets } = JSON.parse(out) as { assets: readonly { name: string; overdue: unknown }[] }
    return assets.map(({ name, overdue }) => [name, overdue])
  }
  const reason = "items 2026-01-02 has not been materialized"
  const overdue = [
    ["best_items", { partition: "2026-01-02", due_at: "2026-01-03T07:00:00.000Z", reason }],
  ]
  expect(await listNames("--overdue")).toEqual(overdue)
  expect(await listNames("--late")).toEqual(overdue)
  expect(await listNames("status:overdue")).toEqual(overdue)
})
