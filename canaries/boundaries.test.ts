import { readFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { packages, root, runTool } from "./workspace.ts"

test("turbo reports imports and dependencies that point the wrong way", () => {
  const files = {
    "packages/core/package.json": withDependency("packages/core", "@freshet/schema"),
    "packages/schema/package.json": withDependency("packages/schema", "@freshet/io"),
    "packages/schema/src/undeclared.ts": `import { z } from "zod"\nexport const text = z.string()\n`,
    "packages/assets/src/reach.ts": `import { run } from "../../schema/src/run.ts"\nrun()\n`,
    "packages/schema/src/run.ts": `export const run = (): number => 1\n`,
  }
  const { ok, output } = runTool(files, "turbo", "boundaries")
  expect(ok).toBe(false)
  const report = output.replaceAll(/[\s|]+/g, " ")
  expect(report).toContain(
    "`@freshet/schema` found without any tag listed in allowlist for `@freshet/core`",
  )
  expect(report).toContain(
    "`@freshet/io` found without any tag listed in allowlist for `@freshet/schema`",
  )
  expect(report).toContain("cannot import package `zod` because it is not a dependency")
  expect(report).toContain("import `../../schema/src/run.ts` leaves the package")
})

test("turbo is content with the packages as they are declared", () => {
  expect(runTool({}, "turbo", "boundaries")).toMatchObject({ ok: true })
})

test("sherif reports two versions of one dependency", () => {
  const files = {
    "packages/core/package.json": withDependency("packages/core", "pg", "^7.0.0"),
    "packages/schema/package.json": withDependency("packages/schema", "pg", "^8.0.0"),
  }
  const { ok, output } = runTool(files, "sherif")
  expect(ok).toBe(false)
  expect(output).toContain("multiple-dependency-versions")
})

test("a version that a catalog holds is written nowhere else", () => {
  const catalog = findCatalogNames(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"))
  expect(catalog).toContain("vitest")
  expect(findSecondVersions(catalog, { core: { devDependencies: { vitest: "^3.0.0" } } })).toEqual([
    "core: vitest ^3.0.0",
  ])
  const manifests = Object.fromEntries(packages.map((folder) => [folder, readManifest(folder)]))
  expect(findSecondVersions(catalog, manifests)).toEqual([])
})

test("knip reports an export, a file and a dependency that nothing uses", () => {
  const files = {
    "packages/core/src/index.ts": `export { used } from "./used.ts"\nexport { entry } from "./entry.ts"\n`,
    "packages/core/src/used.ts": `export const used = 1\nexport const inner = 2\n`,
    "packages/core/src/entry.ts": `export const entry = 1\n`,
    "packages/core/src/nobody.ts": `export const nobody = 1\n`,
    "apps/materializer/src/main.ts": `import { used } from "@freshet/core"\nexport const main = (): number => used\n`,
  }
  const { ok, output } = runTool(files, "knip", "--no-progress")
  expect(ok).toBe(false)
  expect(output).toMatch(/Unused files[\s\S]*packages\/core\/src\/nobody\.ts/)
  expect(output).toMatch(/Unused dependencies[\s\S]*esbuild +apps\/materializer\/package\.json/)
  expect(output).toMatch(/Unused exports[\s\S]*inner +packages\/core\/src\/used\.ts/)
  expect(output).toMatch(/Unused exports[\s\S]*entry +packages\/core\/src\/index\.ts/)
  expect(output).not.toMatch(/^used /m)
  expect(output).not.toMatch(/^main /m)
})

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

function readManifest(folder: string): Manifest {
  // A package.json is an object.
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest
}

function withDependency(folder: string, name: string, version = "workspace:*"): string {
  const manifest = readManifest(folder)
  return JSON.stringify({
    ...manifest,
    dependencies: { ...manifest.dependencies, [name]: version },
  })
}

function findCatalogNames(yaml: string): string[] {
  const catalog = /^catalog:\n((?: .*\n)*)/m.exec(yaml)?.[1] ?? ""
  return Array.from(catalog.matchAll(/^ +"?([^":]+)"?:/gm), ([, name]) => name ?? "")
}

function findSecondVersions(
  catalog: readonly string[],
  manifests: Readonly<Record<string, Manifest>>,
): string[] {
  return Object.entries(manifests).flatMap(([folder, manifest]) =>
    Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([name, version]) => catalog.includes(name) && !version.startsWith("catalog:"))
      .map(([name, version]) => `${folder}: ${name} ${version}`),
  )
}
