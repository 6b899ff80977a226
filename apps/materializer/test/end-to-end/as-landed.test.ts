import { copyFileSync, existsSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, runFreshet, startFreshet } from "./freshet-process.ts"
import {
  bothDays,
  declareHistory,
  history,
  landPrice,
  materializeTwoDays,
  pricePrelude,
} from "./price-history.ts"
import { landRaw, readPublishedRows, withPublishedRecs } from "./published-recs.ts"
import { findPartitionFile } from "./shop.ts"
import { flipBit, listStoredFiles } from "./stored-files.ts"

/** Runs `work` after two days, whose prices were 10 and 20 when they were materialized. */
function withTwoDays(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
  return withPublishedRecs(declareHistory(), async (project) => {
    await materializeTwoDays(project)
    await work(project)
  })
}

/** Lists the copies of landed files in the lake. */
function listCopies(project: DeclaredProject): readonly string[] {
  return listStoredFiles(project).filter((key) => key.startsWith("landed/"))
}

test("an overwritten snapshot that is read as landed does not rewrite history, and --repin takes the new content", async () => {
  await withTwoDays(async (project) => {
    expect(await readPublishedRows(project)).toEqual(history)
    expect((await runFreshet(project, "plan", "recs", ...bothDays, "--exit-code")).code).toBe(0)
    expect(listCopies(project)).toHaveLength(2)

    landPrice(project, 30)
    const idle = await runFreshet(project, "materialize", "recs", ...bothDays)
    expect(idle.stdout).toBe("Nothing is stale: all requested partitions are fresh.\n")
    expectDone(await runFreshet(project, "verify", "recs", ...bothDays, "--sample", "100"))
    const why = ["why", "recs", "--partition", "2026-01-01"] as const
    expect((await runFreshet(project, ...why)).stdout).toContain(
      "It is pinned to copies of price.json, which was overwritten or removed.",
    )
    expect(await readFreshetJson(project, ...why)).toMatchObject({ pinned_files: ["price.json"] })
    expect((await runFreshet(project, "lineage", "recs")).stdout).toContain("price (as landed)")

    landPrice(project, 20)
    const first = ["backfill", "recs", "--date", "2026-01-01", "--repin"]
    expect((await runFreshet(project, ...first, "--dry-run")).stdout).toContain("price changed")
    expectDone(await runFreshet(project, ...first))
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 20", "1 2 20"])
    landPrice(project, 40)
    expect((await runFreshet(project, "plan", "recs", ...bothDays, "--exit-code")).code).toBe(0)
    const repin = await runFreshet(project, "plan", "recs", ...bothDays, "--repin", "--exit-code")
    expect(repin.code).toBe(6)
  })
})

test("a plan that was saved with --repin is applied with it, and a run with it is not retried", async () => {
  await withTwoDays(async (project) => {
    landPrice(project, 30)
    const plan = join(project.folder, "plan.json")
    expectDone(await runFreshet(project, "plan", "recs", "--repin", "--save", plan))
    expectDone(await runFreshet(project, "apply", plan))
    expect(await readPublishedRows(project)).toEqual(["1 1 10", "1 2 30"])
    expectDone(await runFreshet(project, "materialize", "recs", ...bothDays, "--repin"))
    expect(await readPublishedRows(project)).toEqual(["1 1 30", "1 2 30"])
    const [run] = (
      await readFreshetJson<{ readonly runs: readonly { readonly id: string }[] }>(project, "runs")
    ).runs
    const retry = await runFreshet(project, "runs", "retry", run?.id ?? "")
    expect(retry.code).toBe(2)
    expect(retry.stderr).toContain(
      "freshet materialize recs --from 2026-01-01 --to 2026-01-02 --repin",
    )
  })
})

test("changed code recomputes pinned partitions from the copies, although the landed file was overwritten or removed", async () => {
  await withTwoDays(async (project) => {
    landPrice(project, 30)
    await project.declare(declareHistory({ price: "n + 1" }))
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 11", "1 2 21"])
    rmSync(join(project.landing, "price.json"))
    await project.declare(declareHistory({ price: "n + 2" }))
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 12", "1 2 22"])
    expectDone(await runFreshet(project, "verify", "recs", ...bothDays, "--sample", "100"))
  })
})

test("gc retains the copies of retained materializations and collects those of wiped ones", async () => {
  await withTwoDays(async (project) => {
    landPrice(project, 30)
    const copies = listCopies(project)
    expectDone(await runFreshet(project, "gc", "--grace", "0"))
    expect(listCopies(project)).toEqual(copies)
    expectDone(await runFreshet(project, "materialize", "recs", "--date", "2026-01-02", "--repin"))
    expect(listCopies(project)).toHaveLength(3)
    const { removed } = await readFreshetJson<{
      readonly removed: readonly { readonly kind: string; readonly files: number }[]
    }>(project, "gc", "--grace", "0")
    expect(removed).toContainEqual(expect.objectContaining({ kind: "landed", files: 1 }))
    expect(listCopies(project)).toHaveLength(2)
    expectDone(await runFreshet(project, "wipe", "recs", ...bothDays, "--yes"))
    expectDone(await runFreshet(project, "gc", "--grace", "0"))
    expect(listCopies(project)).toEqual([])
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 30", "1 2 30"])
  })
})

test("a run that is killed between copy and record leaves a copy that gc collects", async () => {
  const declarations = `${pricePrelude}
    import { existsSync } from "node:fs"
    const recs = codeAsset({
      ...common, columns, name: "recs", description: "The price.", version: "1",
      upstream: { events: raw, prices: asLanded(price) },
      async *compute({ events, prices }) {
        while (existsSync(process.env.FRESHET_LANDING + "/stop")) await new Promise((done) => setTimeout(done, 20))
        for await (const { n } of prices) for await (const { u, r } of events) yield { u, r, n }
      },
    })
    export const assets = [raw, price, recs]`
  await withPublishedRecs(declarations, async (project) => {
    landPrice(project, 10)
    landRaw(project, "2026-01-01", 1)
    const stop = join(project.landing, "stop")
    writeFileSync(stop, "")
    const command = startFreshet(project, "materialize")
    await waitUntil(() => listCopies(project).length > 0)
    command.kill("SIGKILL")
    await command.result
    rmSync(stop)
    expect(existsSync(join(project.lake, listCopies(project)[0] ?? ""))).toBe(true)
    expectDone(await runFreshet(project, "gc", "--grace", "0"))
    expect(listCopies(project)).toEqual([])
    expectDone(await runFreshet(project, "materialize"))
    expect(listCopies(project)).toHaveLength(1)
  })
})

test("a lost copy fails only the recomputation, with its path, until the file or --repin provides content", async () => {
  await withTwoDays(async (project) => {
    landPrice(project, 30)
    for (const key of listCopies(project)) writeFileSync(join(project.lake, key), "other")
    expectDone(await runFreshet(project, "materialize", "recs", ...bothDays))
    const verify = await runFreshet(project, "verify", "recs", ...bothDays, "--sample", "100")
    expect(verify.code).toBe(10)
    expect(verify.stdout + verify.stderr).toContain("copy of price.json lost")
    const { findings } = JSON.parse(
      (await runFreshet(project, "verify", "recs", "--files", "--json")).stdout,
    )
    expect(findings).toMatchObject([
      { kind: "copy_lost", asset: "price" },
      { kind: "copy_lost", asset: "price" },
    ])

    await project.declare(declareHistory({ price: "n + 1" }))
    for (const key of listCopies(project)) rmSync(join(project.lake, key))
    expect((await runFreshet(project, "plan", "recs", ...bothDays)).stderr).toContain(
      "The copy of price.json, to which recs 2026-01-01 is pinned, is missing from the lake.",
    )
    const failed = await runFreshet(project, "materialize")
    expect(failed.code).not.toBe(0)
    expect(failed.stdout + failed.stderr).toContain("the copy of the landed file price.json")
    expect(await readPublishedRows(project)).toEqual(history)
    landPrice(project, 10)
    expectDone(await runFreshet(project, "backfill", "recs", "--date", "2026-01-01"))
    landPrice(project, 30)
    expectDone(await runFreshet(project, "materialize", "recs", "--date", "2026-01-02", "--repin"))
    expect(await readPublishedRows(project)).toEqual(["1 1 11", "1 2 31"])
  })
})

test.each([
  ["missing", (path: string) => rmSync(path)],
  ["damaged", (path: string) => writeFileSync(path, "other")],
])("rows of a pinned partition whose file is %s are rebuilt from the copy", async (_, lose) => {
  await withTwoDays(async (project) => {
    landPrice(project, 30)
    for (const key of listStoredFiles(project).filter((file) => file.startsWith("recs/")))
      lose(join(project.lake, key))
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(history)
    expectDone(await runFreshet(project, "verify", "recs", ...bothDays, "--sample", "100"))
  })
})

test.each([
  ["stays damaged", () => {}],
  ["is restored", copyFileSync],
])(
  "a run that fails to rebuild damaged pinned partitions and their pinned readers retains the pins, also if the file %s",
  async (_, restore) => {
    await withTwoDays(async (project) => {
      const path = findPartitionFile(project, "recs", "2026-01-01")
      const backup = join(project.folder, "backup.parquet")
      copyFileSync(path, backup)
      flipBit(path)
      landPrice(project, 30)
      await project.declare(declareHistory({ price: "cast(u || 'x' as bigint)" }))
      const failed = await runFreshet(project, "materialize", "recs", ...bothDays)
      expect(failed.code).not.toBe(0)
      expect(failed.stderr).toContain("The stored file of `recs` 2026-01-01 is damaged")
      restore(backup, path)
      await project.declare(declareHistory())
      const run = await runFreshet(project, "materialize", "recs", ...bothDays)
      expectDone(run)
      for (const day of ["2026-01-01", "2026-01-02"])
        expect(run.stderr).toContain(`recs ${day}: materialized`)
      expect(await readPublishedRows(project)).toEqual(history)
      expectDone(await runFreshet(project, "verify", "recs", "--files"))
      expectDone(await runFreshet(project, "verify", "recs", ...bothDays, "--sample", "100"))
    })
  },
)

test("pins follow the names of asset and source", async () => {
  await withTwoDays(async (project) => {
    landPrice(project, 30)
    const renamed = declareHistory({ price: "n + 1" })
      .replace('name: "recs"', 'name: "pairs", previousNames: ["recs"]')
      .replace('name: "price"', 'name: "prices", previousNames: ["price"]')
    await project.declare(renamed)
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 11", "1 2 21"])
  })
})

test("lines of a copied file that are quarantined stay quarantined", async () => {
  await withPublishedRecs(declareHistory(), async (project) => {
    project.land("price.json", '{"n":10}\n{"n":"ten"}\n')
    landRaw(project, "2026-01-01", 1)
    const tolerant = declareHistory().replace(
      'path: "price.json",',
      'path: "price.json", tolerance: 1,',
    )
    await project.declare(tolerant)
    expectDone(await runFreshet(project, "materialize"))
    landPrice(project, 30)
    await project.declare(tolerant.replace("r, n as n", "r, n + 1 as n"))
    const run = await runFreshet(project, "materialize", "--json")
    expectDone(run)
    expect(await readPublishedRows(project)).toEqual(["1 1 11"])
    expect(run.stdout).toContain('"quarantined": 1')
  })
})
