import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, beforeAll, expect, test } from "vitest"

import { workspace } from "../../../bin/bundle-command.js"
import { type CommandResult, expectDone, runShell } from "../freshet-process.ts"
import { node24 } from "../node-24.ts"
import { expectNoProcesses } from "../processes.ts"
import {
  createInstalledProject,
  installPackages,
  readPartitionCounts,
  readRecorded,
} from "./installed-project.ts"
import { checkOut, hasCommit, packPackages } from "./packages.ts"

let folder: string
let tarballs: string

/** A project outside the repository, with the packages installed from their tarballs. */
beforeAll(async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "freshet-installed-")))
  tarballs = join(root, "packages")
  folder = join(root, "shop")
  await packPackages(workspace, tarballs)
  await createInstalledProject(folder, tarballs)
})

afterAll(async () => {
  await expectNoProcesses(folder)
  rmSync(join(folder, ".."), { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
})

function run(
  commands: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return runShell({ folder, environment }, commands)
}

interface Manifest {
  readonly name: string
  readonly license?: string
  readonly engines?: object
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
}

test("packages have compiled exports, engines and versions that any registry resolves", () => {
  const names = readdirSync(tarballs)
  expect(names.map((name) => name.replace(/-\d.*/, "")).toSorted()).toEqual([
    "freshet",
    "freshet-core",
    "freshet-embedded-postgres",
    "freshet-io",
    "freshet-schema",
    "freshet-services",
    "freshet-ui",
  ])
  const scoped = ["core", "embedded-postgres", "io", "schema", "services", "ui"]
  for (const name of ["freshet", ...scoped.map((part) => `@freshet/${part}`)]) {
    const installed = join(folder, "node_modules", name)
    const text = readFileSync(join(installed, "package.json"), "utf8")
    expect(text).not.toMatch(/workspace:|catalog:|"license"/)
    const { engines, exports, dependencies = {} } = JSON.parse(text) as Manifest
    expect(engines).toEqual({ node: ">=20.19" })
    expect(Object.keys(dependencies)).not.toContain("@freshet/assets")
    const paths = Object.values(exports).flatMap((entry) =>
      typeof entry === "string" ? [entry] : Object.values(entry),
    )
    for (const path of paths) {
      expect(readFileSync(join(installed, path), "utf8")).not.toBe("")
      expect(path).not.toMatch(/(?<!\.d)\.ts$/)
    }
  }
})

test("an installed command prints its version and the commit from which it was packed", async () => {
  const { stdout } = await run("npx freshet --version")
  expect(stdout).toMatch(/^freshet \d+\.\d+\.\d+ \(commit [0-9a-f]{12}\) on Node \d+/)
})

test("a created project materializes, publishes and type-checks", async () => {
  const first = await run("npx freshet materialize")
  expectDone(first)
  expect(first.stdout).toContain("4 partitions materialized")
  const query = "select product, pieces, revenue from shop.product_sales order by product"
  const { stdout } = await run(`npx freshet sql --published --csv "${query}"`)
  expect(stdout).toBe("product,pieces,revenue\napple,8,4.10\npear,5,4.00\nplum,15,3.00\n")
  const answer = await run('npx freshet db psql -c "select count(*) from shop.product_sales"')
  expect(answer.stdout).toMatch(/count\s[\s-]*3\b/)
  expectDone(await run("npm install --no-audit --no-fund && npm run typecheck && npm test"))
})

test("a new asset is the only work of the next run, on Node 24 too", async () => {
  expectDone(await run("npx freshet new asset best_sellers --group shop"))
  const file = join(folder, "assets/best-sellers.ts")
  const text = readFileSync(file, "utf8")
    .replace(`import { int64, notNull,`, `import { int64, latest, notNull,`)
    .replace("export const", `import { productSales } from "./sales.ts"\n\nexport const`)
    .replace(
      "sql`select 1::bigint as id`",
      "sql`select count(*)::bigint as id from ${latest(productSales)} where pieces > 5`",
    )
  writeFileSync(file, text)
  const program = `${node24} node_modules/freshet/bin/installed.js`
  const { stdout, stderr } = await run(`${program} materialize`)
  expect(`${stdout}${stderr}`).toContain("best_sellers all: materialized, 1 row")
  expect(stdout).toContain("1 partition materialized")
  const rows = await run(`${program} data head best_sellers --csv`)
  expect(rows.stdout).toBe("id\n2\n")
  expect((await run("npx freshet materialize")).stdout).toContain("Nothing is stale")
})

test("the web page of an installed Freshet has its files", async () => {
  const serve = `
    node node_modules/freshet/bin/installed.js ui --port 0 > ui.log 2>&1 &
    server=$!
    for attempt in $(seq 300); do grep -q http ui.log && break; sleep 0.1; done
    address=$(grep -o 'http://[^ ]*' ui.log | head -1)
    node -e 'fetch(process.argv[1]).then(async (page) => console.log(await page.text()))' "$address"
    kill -TERM $server
    wait $server || true`
  const { stdout } = await run(serve)
  expect(stdout).toContain(`<div id="root">`)
})

/** A commit whose ledger has the migrations up to 0018. */
const earlierCommit = "c81cbcf987ca5f078e9c2a4924080653c82d61c2"

test.skipIf(!hasCommit(earlierCommit))(
  "an upgrade from the packages of an earlier commit keeps states, data versions, tables and migrations, and a new day materializes alone",
  async () => {
    const root = join(folder, "..")
    const earlierTarballs = join(root, "earlier-packages")
    await checkOut(earlierCommit, join(root, "earlier"))
    await packPackages(join(root, "earlier"), earlierTarballs)
    const project = await createInstalledProject(join(root, "earlier-shop"), earlierTarballs)
    await project.run("npx freshet new asset best_sellers --group shop")
    await project.run("npx freshet materialize --from 2026-01-01")
    const counts = await readPartitionCounts(project)
    const recorded = await readRecorded(project)
    expect(recorded.materializations).toHaveLength(6)
    expect(recorded.publishedRows).toHaveLength(3)

    await installPackages(project, tarballs)
    expect(await readPartitionCounts(project)).toEqual(counts)
    const { ledgerMigrations, ...kept } = await readRecorded(project)
    expect({ ...kept, ledgerMigrations: recorded.ledgerMigrations }).toEqual(recorded)
    expect(ledgerMigrations.slice(0, recorded.ledgerMigrations.length)).toEqual(
      recorded.ledgerMigrations,
    )
    expect(ledgerMigrations.length).toBeGreaterThan(recorded.ledgerMigrations.length)
    expect(await project.run("npx freshet plan product_sales --from 2026-01-01")).toContain(
      "Nothing is stale",
    )
    await project.run("npm install --no-audit --no-fund && npx freshet migrate --check && npm test")

    const day = (date: string) => join(project.folder, `landing/orders/${date}.csv`)
    copyFileSync(day("2026-01-03"), day("2026-01-04"))
    await project.run("npx freshet materialize product_sales")
    const { materializations } = await readRecorded(project)
    expect(materializations.slice(0, recorded.materializations.length)).toEqual(
      recorded.materializations,
    )
    const added = materializations.slice(recorded.materializations.length)
    expect(added.map((line) => line.split(",")[1])).toEqual(["daily_sales", "product_sales"])
    await expectNoProcesses(project.folder)
  },
)
