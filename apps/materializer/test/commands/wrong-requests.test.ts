import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

const landed = { "2026-01-02": "a", "2026-01-03": "b", "2026-01-04": "c" }
const project = createTinyProject({ landed })

test.each([
  ["backfill items --date 2026-01-01", "comes before its first day", "the nearest is 2026-01-02"],
  ["backfill items --date 2026-01-05", "is not over yet", "the nearest is 2026-01-04"],
  ["backfill items --date 2027-03-01", "is not over yet", "the nearest is 2026-01-04"],
  [
    "backfill items --from 2026-01-03 --to 2026-01-09",
    "has no 2026-01-09",
    "2026-01-02 to 2026-01-04",
  ],
  ["backfill items --date 2026-02-30", "is not a day of the calendar", "YYYY-MM-DD"],
  [
    "backfill items --from 2026-01-04 --to 2026-01-02",
    "The range is empty",
    "--from 2026-01-02 --to 2026-01-04",
  ],
  ["backfill items --date 2026-01-03 --to 2026-01-04", "cannot be combined", "Omit one"],
  ["backfill items", "no default range", "--date"],
  ["backfill itms --date 2026-01-03", "No asset is named `itms`", "Did you mean `items`?"],
  ["backfill orders --date 2026-01-03", "is a source", "`freshet status orders+`"],
  ["materialize orders", "is a source", "`freshet status orders+`"],
  ["plan items and (", "where an asset's name", "^"],
  ["plan group:shp", "No group is called `shp`", "Did you mean `shop`?"],
  ["plan items --date 1999-01-01", "comes before its first day", "2026-01-02"],
  ["why items --partition 2026-01-09", "is not over yet", "the nearest is 2026-01-04"],
  [
    "why group:shop",
    "means 3 assets; this command takes one",
    "Name one of them: `orders`, `items`",
  ],
  ["why orders", "is a source", "orders+"],
  ["status --stael", "No flag is called `--stael`", "`--stale`"],
  ["stats", "No command is called `stats`", "`status`"],
  ["why", "The asset is missing", "--help"],
  ["lineage items --format png", "--format cannot be `png`", "mermaid"],
  ["runs list --limit none", "is not a whole number", "limit"],
  ["status -x", "No flag is called `-x`", "--help"],
  ["plan items --date", "The value of --date is missing.", "--help"],
  ["plan --date=", '"--date=" is neither a name nor a flag with its value', "--help"],
  ["show items best_items", "`best_items` is one word too many: the command takes one.", "--help"],
  ["doctor items", "`items` is one word too many: the command takes none.", "--help"],
  ["plan --date 2026-01-02 --date 2026-01-03", "--date is given twice.", "Omit one"],
])("%s is refused with one clear message, and nothing runs", async (line, what, hint) => {
  const { code, out, err } = await runCommand(project, line.split(" "))
  expect({ code, out }).toEqual({ code: 2, out: "" })
  expect(err).toContain(what)
  expect(err).toContain(hint)
  expect(err).not.toMatch(/^\s+at /m)
})

test("all problems of a request are reported at once", async () => {
  const { err } = await runCommand(project, ["plan", "itms or bst_items"])
  expect(err).toContain("`itms`")
  expect(err).toContain("`bst_items`")
})

test("an asset without any partition is blocked, and its missing files are named", async () => {
  const { code, out } = await runCommand(createTinyProject({ landed: {} }), [
    "materialize",
    "items",
  ])
  expect(code).toBe(11)
  expect(out).toContain("items: waits for orders/{partition}.json (orders)")
})

test("an unexpected fault is a message, not a stack, and exit 1", async () => {
  const services = { withProject: () => Promise.reject(new TypeError("x is not a function")) }
  const { code, err } = await runCommand(project, ["status"], { services })
  expect(code).toBe(1)
  expect(err).toContain("error: x is not a function")
  expect(err).toContain("FRESHET_DEBUG")
  expect(err).not.toMatch(/^\s+at /m)
})
