import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDocument } from "./expect-document.ts"
import { withTemporaryFolder, workspace } from "./workspace.ts"

const readme = readFileSync(join(workspace, "README.md"), "utf8")

test("the README's commands print what it shows, and its code is the code", async () => {
  await withTemporaryFolder((folder) =>
    expectDocument("README.md", {
      folder: workspace,
      environment: {
        FRESHET_HOME: join(folder, ".freshet"),
        FRESHET_LANDING: join(folder, "landing"),
      },
    }),
  )
})

test("the README names every environment variable", () => {
  const config = readFileSync(join(workspace, "packages/services/src/config.ts"), "utf8")
  const variables = config.match(/(?<=")(FRESHET_\w+|DATABASE_URL)(?=")/g) ?? []
  expect(variables.length).toBeGreaterThan(5)
  expect(variables.filter((variable) => !readme.includes(`\n| \`${variable}\``))).toEqual([])
})

test("TESTING.md names every environment variable of the tests", () => {
  const page = readFileSync(join(workspace, "TESTING.md"), "utf8")
  const variables = ["packages", "apps"]
    .flatMap((parent) =>
      readdirSync(join(workspace, parent)).map((name) => join(workspace, parent, name, "test")),
    )
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    )
    .filter((path) => path.endsWith(".ts"))
    .flatMap(
      (path) => readFileSync(path, "utf8").match(/(?<=process\.env\[")[A-Z_]+(?="\])/g) ?? [],
    )
    .filter((variable) => variable === "RUNS" || variable.startsWith("FRESHET_"))
  expect(variables.length).toBeGreaterThan(5)
  expect(variables.filter((variable) => !page.includes(`| \`${variable}\``))).toEqual([])
})

test("the README's map has every package", () => {
  const folders = ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(workspace, parent)).map((name) => `${parent}/${name}`),
  )
  expect(folders.filter((folder) => !readme.includes(`[${folder}](${folder})`))).toEqual([])
})

test.each([
  "README.md",
  "TESTING.md",
  "docs/first-asset.md",
  "docs/runs.md",
  "docs/schedules.md",
  "docs/staleness.md",
])("every link of %s leads to a file", (name) => {
  const text = readFileSync(join(workspace, name), "utf8")
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target)
  const local = links.filter((target) => !/^(https?:|#)/.test(target))
  expect(local.length).toBeGreaterThan(0)
  const folder = join(workspace, name, "..")
  expect(local.filter((target) => !existsSync(join(folder, target.split("#")[0] ?? "")))).toEqual(
    [],
  )
})
