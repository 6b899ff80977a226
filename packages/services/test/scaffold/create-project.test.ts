import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import { afterEach, beforeEach, expect, test } from "vitest"

import { addDeclaration } from "../../src/scaffold/add-declaration.ts"
import { createProject } from "../../src/scaffold/create-project.ts"

const template = fileURLToPath(
  new URL("../../../../apps/materializer/templates/project", import.meta.url),
)
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "freshet-scaffold-"))
})

afterEach(() => rmSync(folder, { recursive: true }))

const read = (path: string) => readFileSync(join(folder, path), "utf8")
const readManifest = () =>
  JSON.parse(read("package.json")) as Readonly<Record<string, Readonly<Record<string, string>>>>

test("an empty folder receives every file, and the package has the folder's name", async () => {
  const target = join(folder, "My Shop")
  const { written, retained } = await createProject(template, target)
  expect(retained).toEqual([])
  expect(written).toContain(".gitignore")
  expect(readdirSync(target)).toContain("freshet.config.ts")
  expect(JSON.parse(readFileSync(join(target, "package.json"), "utf8"))).toMatchObject({
    name: "my-shop",
    dependencies: { freshet: expect.any(String) },
  })
})

test("existing files stay, and a package.json receives only what it lacks", async () => {
  writeFileSync(join(folder, "tsconfig.json"), "{}")
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "shop",
      scripts: { test: 'echo "Error: no test specified" && exit 1', start: "node ." },
      dependencies: { freshet: "file:freshet.tgz", typescript: "^6.0.0" },
    }),
  )
  const { retained } = await createProject(template, folder)
  expect(retained).toEqual(["tsconfig.json"])
  expect(read("tsconfig.json")).toBe("{}")
  const { name, scripts, dependencies, devDependencies } = readManifest()
  expect(name).toBe("shop")
  expect(scripts).toMatchObject({ start: "node .", test: "vitest run" })
  expect(dependencies).toMatchObject({ freshet: "file:freshet.tgz", typescript: "^6.0.0" })
  expect(Object.keys(devDependencies ?? {})).not.toContain("typescript")
})

test("a folder with a configuration is a project already", async () => {
  writeFileSync(join(folder, "freshet.config.mjs"), "")
  await expect(createProject(template, folder)).rejects.toMatchObject({
    message: expect.stringContaining("freshet.config.mjs exists"),
  })
})

test("a new source is written and imported; a second one of the name is refused", async () => {
  await createProject(template, folder)
  const request = { kind: "source", name: "customer_visits", group: "shop" } as const
  expect(await addDeclaration(folder, request)).toEqual({
    file: "assets/customer-visits.ts",
    config: "freshet.config.ts",
  })
  expect(read("assets/customer-visits.ts")).toContain("export const customerVisits = sourceAsset({")
  expect(read("freshet.config.ts")).toContain(`import("./assets/customer-visits.ts")`)
  await expect(addDeclaration(folder, request)).rejects.toThrow("exists already")
  await expect(addDeclaration(folder, { ...request, name: "Visits" })).rejects.toThrow(
    '"Visits" is not a name',
  )
})
