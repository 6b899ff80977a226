import { createHash } from "node:crypto"
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"

import { withLedgerConnection } from "@freshet/io"
import { recomputationSchema, verificationSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { withRunUnderWay } from "./run-under-way.ts"
import {
  allShopDays,
  declareShop,
  findPartitionFile,
  landOrders,
  shopDays,
  withMaterializedShop,
  withShop,
} from "./shop.ts"
import { listTemporaryFiles, listStoredFiles } from "./stored-files.ts"

const [first, second, third, newest] = shopDays

interface Document {
  readonly outcome: string
  readonly recomputed: number
  readonly files: number
  readonly partitions: number
  readonly findings: readonly { readonly kind: string; readonly asset: string }[]
}

async function verified(project: DeclaredProject, ...words: readonly string[]) {
  const { code, stdout } = await runFreshet(project, "verify", "--json", ...words)
  const document = parseDocument(verificationSchema, stdout) as Document
  return { code, document }
}

test("verify of a healthy project finds nothing, in a sample, as a whole and by file, and leaves no file", async () => {
  await withMaterializedShop(async (project) => {
    const before = listStoredFiles(project)
    const sample = await runFreshet(project, "verify", "--seed", "7")
    expectDone(sample)
    expect(sample.stdout).toContain(
      "2 of 8 partitions of 2 assets recomputed, 8 files looked up: no differences (sample 1%, seed 7,",
    )
    const whole = await verified(project, "--sample", "100%")
    expect(whole).toMatchObject({
      code: 0,
      document: { outcome: "as_recorded", recomputed: 8, findings: [] },
    })
    const files = await verified(project, "--files")
    expect(files).toMatchObject({ code: 0, document: { recomputed: 0, files: 8, findings: [] } })
    const day = await verified(project, "items", "--date", second)
    expect(day).toMatchObject({ code: 0, document: { partitions: 1, recomputed: 1 } })
    expect(listStoredFiles(project)).toEqual(before)
    expect(listTemporaryFiles(project)).toEqual([])
  })
})

test("verify works during a run", async () => {
  await withMaterializedShop(async (project) => {
    await withRunUnderWay(project, async () => {
      expectDone(await runFreshet(project, "verify", "--sample", "100%"))
    })
  })
})

test("verify reports a replaced, a damaged and a missing file, each with its fix", async () => {
  await withMaterializedShop(async (project) => {
    const replaced = findPartitionFile(project, "items", first)
    copyFileSync(findPartitionFile(project, "items", second), replaced)
    const damaged = findPartitionFile(project, "items", third)
    flipBit(damaged)
    const gone = findPartitionFile(project, "best", second)
    rmSync(gone)
    const said = (path: string) => relative(project.folder, path)

    const quick = await runFreshet(project, "verify", "best")
    expect(quick.code).toBe(10)
    expect(quick.stdout).toContain(`best ${second}: ${said(gone)} is missing`)
    expect(quick.stdout).toContain(`\`freshet backfill best --date ${second}\` rebuilds it.`)

    const upstream = await runFreshet(
      project,
      "verify",
      "best",
      "--date",
      third,
      "--sample",
      "100%",
    )
    expect(upstream.code).toBe(10)
    expect(upstream.stdout).toMatch(
      new RegExp(`items ${first}|items ${third}`), // it reads both
    )

    for (const words of [["--sample", "100%"], ["--files"]]) {
      const { code, document } = await verified(project, ...words)
      expect(code).toBe(10)
      expect(document.findings).toMatchObject([
        { kind: "file_damaged", asset: "items", partition: first },
        { kind: "file_damaged", asset: "items", partition: third },
        { kind: "file_gone", asset: "best", partition: second },
      ])
    }

    for (const path of [replaced, damaged]) rmSync(path)
    expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
    expectDone(await runFreshet(project, "backfill", "items", ...allShopDays))
    expectDone(await runFreshet(project, "verify", "--sample", "100%"))
  })
})

/** In the middle, where the rows are. */
function flipBit(path: string): void {
  const bytes = readFileSync(path)
  const at = Math.floor(bytes.length / 4)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

test("verify reports nondeterministic assets, in SQL and in code, and no others", async () => {
  const more = {
    names: "dice, numbered, doubled",
    code: `
      const dice = sqlAsset({
        ...common,
        name: "dice",
        description: "Chance.",
        columns: { item: text("What."), chance: float64("From 0 to 1.") },
        query: sql\`select item, random() as chance from \${items}\`,
      })
      const numbered = codeAsset({
        ...common,
        name: "numbered",
        version: "1",
        description: "A random number.",
        columns: { number: int64("From 0 to a billion.") },
        upstream: { items },
        async *compute() {
          yield { number: BigInt(Math.floor(Math.random() * 1e9)) }
        },
      })
      const doubled = codeAsset({
        ...common,
        name: "doubled",
        version: "1",
        description: "Every item twice.",
        columns: { item: text("What."), orders: int64("How often.") },
        upstream: { items },
        async *compute({ items }) {
          for await (const row of items) {
            yield row
            yield row
          }
        },
      })`,
  }
  await withShop(
    async (project) => {
      expectDone(await runFreshet(project, "materialize", ...allShopDays))
      const { code, stdout } = await runFreshet(project, "verify", "--seed", "1")
      expect(code).toBe(10)
      expect(stdout).toContain(
        `dice ${newest}: is not deterministic: the same code and inputs give different values in the same number of rows (6)`,
      )
      expect(stdout).toContain("`freshet show dice` prints the query.")
      expect(stdout).toContain(`numbered ${newest}: is not deterministic`)
      expect(stdout).toContain("2 differences")
      expect(stdout).not.toMatch(/^\S (items|best|doubled) /m)
    },
    declareShop({ moreAssets: more }),
  )
})

test("verify reports a landed file whose bytes changed silently, not the asset that reads it", async () => {
  await withMaterializedShop(async (project) => {
    const path = `orders/${second}.json`
    const file = join(project.landing, path)
    const content = readFileSync(file, "utf8")
    writeFileSync(file, content.replace("item 3", "item 9"))
    await pretendUnchanged(project, path, content)
    const { code, stdout } = await runFreshet(project, "verify", "items", "--sample", "100%")
    expect(code).toBe(10)
    expect(stdout).toContain(`orders: landing/${path} has other bytes than when it was read`)
    expect(stdout).not.toContain("not deterministic")
  })
})

/** Records in the ledger that the present file has this content, as if a disk had lost bits. */
function pretendUnchanged(project: DeclaredProject, path: string, content: string): Promise<void> {
  const file = statSync(join(project.landing, path), { bigint: true })
  const identity = `${file.ino} ${file.mtimeNs} ${file.ctimeNs}`
  const hash = createHash("sha256").update(content).digest("hex")
  return project.withDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      await client.query(
        `insert into freshet.source_files (path, bytes, identity, hash) values ($1, $2, $3, $4)
         on conflict (path) do update set identity = excluded.identity`,
        [path, Number(file.size), identity, hash],
      )
    }),
  )
}

test("a backfill from recorded inputs reports equal rows, rows of other code, and missing inputs, and stores nothing", async () => {
  await withMaterializedShop(async (project) => {
    const words = ["backfill", "items", ...allShopDays, "--inputs", "recorded"]
    const before = listStoredFiles(project)
    const same = await runFreshet(project, ...words)
    expectDone(same)
    expect(same.stdout).toContain(`items ${second}: same rows`)
    expect(same.stdout).toContain("4 of 4 partitions recomputed with the same rows")

    await project.declare(declareShop({ minOrders: 2 }))
    const other = await runFreshet(project, ...words)
    expect(other.code).toBe(10)
    expect(other.stdout).toContain(`items ${first}: the current code gives 2 rows instead of 3`)

    await project.declare(declareShop())
    landOrders(project, second, 7)
    const gone = await runFreshet(project, ...words)
    expect(gone.code).toBe(10)
    expect(gone.stdout).toContain(
      `items ${second}: cannot be recomputed: the file of \`orders\` ${second} was replaced after it was read`,
    )
    expect(gone.stdout).toContain("3 of 4 partitions recomputed with the same rows")
    expect(listStoredFiles(project)).toEqual(before)
    expect(listTemporaryFiles(project)).toEqual([])

    expectDone(await runFreshet(project, "backfill", "items", "--date", second))
    const stale = await runFreshet(
      project,
      "backfill",
      "best",
      ...allShopDays,
      "--inputs",
      "recorded",
      "--json",
    )
    expectDone(stale)
    expect(parseDocument(recomputationSchema, stale.stdout)).toEqual(JSON.parse(stale.stdout))
    expect(JSON.parse(stale.stdout).partitions).toHaveLength(4)
  })
})

test("flags that cannot be combined with recorded inputs are rejected", async () => {
  await withShop(async (project) => {
    const words = ["backfill", "best", "--date", first, "--inputs", "recorded"]
    const { code, stderr } = await runFreshet(project, ...words, "--downstream", "--only", "stale")
    expect(code).toBe(2)
    expect(stderr).toContain("--inputs recorded cannot be combined with --only and --downstream")
    const never = await runFreshet(project, ...words)
    expect(never.code).toBe(10)
    expect(never.stdout).toContain(`best ${first}: was never materialized`)
    const nothing = await runFreshet(project, "verify")
    expectDone(nothing)
    expect(nothing.stdout).toContain("Nothing to verify")
  })
})
