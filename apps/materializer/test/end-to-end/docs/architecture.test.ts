import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { workspace } from "./workspace.ts"

const page = readFileSync(join(workspace, "docs/architecture.md"), "utf8")
const hops = [...page.matchAll(/^\| (\d+) +\| `(\w+)` +\| (\S+\.ts) +\|/gm)].map(
  ([, number, name = "", path = ""]) => ({ number: Number(number), name, path }),
)

test("every hop of the three paths names a function that its file exports", () => {
  expect(hops.length).toBeGreaterThan(20)
  const unknownHops = hops.filter(
    ({ name, path }) =>
      !new RegExp(`export (async )?function\\*? ${name}\\b`).test(
        readFileSync(join(workspace, path), "utf8"),
      ),
  )
  expect(unknownHops).toEqual([])
})

test("no path takes more than nine hops", () => {
  expect(Math.max(...hops.map(({ number }) => number))).toBeLessThanOrEqual(9)
})

test("every path and folder that the page names exists", () => {
  const paths = [...page.matchAll(/`((?:apps|packages)\/[\w./-]+)`/g)].map(([, path = ""]) => path)
  expect(paths.length).toBeGreaterThan(5)
  expect(paths.filter((path) => !existsSync(join(workspace, path)))).toEqual([])
})
