import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { withLedgerConnection } from "@freshet/io"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
import { withRunUnderWay } from "./run-under-way.ts"
import {
  allShopDays,
  findPartitionFile,
  landOrders,
  shopDays,
  withMaterializedShop,
} from "./shop.ts"
import { landSmallInput, smallDays } from "./small-input.ts"
import { listStoredFiles } from "./stored-files.ts"
import { withTestProject } from "./test-project.ts"

const [first, second, third, newest] = shopDays

interface Document {
  readonly materializations: number
  readonly files: number
  readonly count: number
  readonly partitions: readonly { readonly from: string; readonly to: string }[]
  readonly becomes_stale: readonly { readonly computation: string; readonly count: number }[]
  readonly made_from_it: readonly { readonly asset: string; readonly count: number }[]
}

async function forgotten(project: DeclaredProject, ...words: readonly string[]): Promise<Document> {
  const ended = await runFreshet(project, "forget", ...words, "--json", "--yes")
  expectDone(ended)
  return JSON.parse(ended.stdout)
}

/** Counts the partitions of each asset by state. */
async function states(project: DeclaredProject): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await runFreshet(project, "status", "--json")
  const { assets } = JSON.parse(stdout)
  return Object.fromEntries(
    assets.map(({ name, partitions }: { name: string; partitions: Record<string, number> }) => [
      name,
      ["fresh", "stale", "missing"].map((kind) => `${partitions[kind]} ${kind}`).join(", "),
    ]),
  )
}

/** Counts the materializations in the ledger. */
function kept({ withDatabase }: DeclaredProject): Promise<number> {
  return withDatabase((url) =>
    withLedgerConnection(url, async (client) => {
      const text = "select count(*)::integer as many from freshet.materializations"
      return (await client.query<{ many: number }>(text)).rows[0]?.many ?? -1
    }),
  )
}

test("wiped partitions are missing, and a backfill restores them", async () => {
  await withMaterializedShop(async (project) => {
    const before = listStoredFiles(project)
    const words = ["forget", "items", "--from", first, "--to", second]
    const dry = await runFreshet(project, ...words, "--dry-run")
    expectDone(dry)
    expect(dry.stdout.replace(/[\d.]+ (bytes|kB)/, "some bytes")).toBe(
      [
        `items ${first} to ${second} (2 partitions) would count as never made: 2 materializations, 2 files, some bytes.`,
        "The files stay in the lake until `freshet gc` removes them.",
        "Not up to date by it, until the same rows are there again:",
        `  best ${first} to ${newest}`,
        "Made from it, so `--inputs recorded` cannot make these again:",
        `  best ${first} to ${newest}`,
        "",
      ].join("\n"),
    )
    expect(await states(project)).toMatchObject({ items: "4 fresh, 0 stale, 0 missing" })

    const ended = await runFreshet(project, ...words, "--yes")
    expectDone(ended)
    expect(ended.stdout).toContain("(2 partitions) count as never made now: 2 materializations")
    expect(ended.stdout).toContain(
      `To make it again: \`freshet backfill items --from ${first} --to ${second}\``,
    )
    expect(await states(project)).toMatchObject({
      items: "2 fresh, 0 stale, 2 missing",
      best: "0 fresh, 4 stale, 0 missing",
    })
    expect(listStoredFiles(project)).toEqual(before)

    expectDone(await runFreshet(project, "backfill", "items", "--from", first, "--to", second))
    expect(await states(project)).toMatchObject({
      items: "4 fresh, 0 stale, 0 missing",
      best: "4 fresh, 0 stale, 0 missing",
    })
    expect(listStoredFiles(project)).toEqual(before)
    expectDone(await runFreshet(project, "verify", "--sample", "100%"))
  })
})

test("wipe removes earlier materializations too: a reverted edit does not bring them back", async () => {
  await withMaterializedShop(async (project) => {
    landOrders(project, first, 9)
    expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
    landOrders(project, first, 3)
    expect(await states(project)).toMatchObject({ items: "4 fresh, 0 stale, 0 missing" })
    const went = await forgotten(project, "items", "--date", first)
    expect(went).toMatchObject({ materializations: 2, files: 2, count: 1 })
    expect(await states(project)).toMatchObject({ items: "3 fresh, 0 stale, 1 missing" })
    landOrders(project, first, 9)
    expect(await states(project)).toMatchObject({ items: "3 fresh, 0 stale, 1 missing" })
  })
})

test("downstream partitions of wiped ones cannot be recomputed from recorded inputs, and gc deletes the files", async () => {
  await withMaterializedShop(async (project) => {
    const file = findPartitionFile(project, "items", first)
    const went = await forgotten(project, "items", "--date", first)
    expect(went).toMatchObject({
      partitions: [{ from: first, to: first }],
      becomes_stale: [{ computation: "best", count: 3 }],
      made_from_it: [{ asset: "best", count: 3 }],
    })
    const words = ["backfill", "best", "--date", first, "--inputs", "recorded"]
    const again = await runFreshet(project, ...words)
    expect(again.code).toBe(10)
    expect(again.stdout).toContain(`\`items\` ${first} as it was then is not kept any more`)
    expect(existsSync(file)).toBe(true)
    expectDone(await runFreshet(project, "gc", "--grace", "0"))
    expect(existsSync(file)).toBe(false)
    expectDone(await runFreshet(project, "materialize", "best"))
    expect(existsSync(file)).toBe(false)
    expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
    expect(existsSync(file)).toBe(true)
    expectDone(await runFreshet(project, "verify", "--files"))
  })
})

test("all partitions of an asset can be wiped, and a second wipe finds nothing", async () => {
  await withMaterializedShop(async (project) => {
    expect(await forgotten(project, "best", "--all")).toMatchObject({
      materializations: 4,
      partitions: [{ from: first, to: newest }],
      becomes_stale: [],
      made_from_it: [],
    })
    expect(await states(project)).toMatchObject({ best: "0 fresh, 0 stale, 4 missing" })
    for (const words of [["--all"], ["--date", third]]) {
      const nothing = await runFreshet(project, "forget", "best", ...words, "--yes")
      expectDone(nothing)
      expect(nothing.stdout).toBe("Nothing is kept of best there: there is nothing to forget.\n")
    }
    rmFrom(project, newest)
    expect(await forgotten(project, "items", "--date", newest)).toMatchObject({ count: 1 })
  })
})

/** Empties what landed on a day: the asset's partition of that day is no more, what was made of it is still kept. */
function rmFrom(project: DeclaredProject, day: string): void {
  rmSync(join(project.landing, "orders", `${day}.json`))
}

test("invalid requests get one message and wipe nothing", async () => {
  await withMaterializedShop(async (project) => {
    const wrong: readonly (readonly [words: string, says: string, hint: string])[] = [
      ["items", "Say which partitions", "--all"],
      ["items --all --date 2026-01-01 --yes", "--all means every partition", "Leave one"],
      ["items --date 2026-01-01", "Nobody is there to be asked", "--yes"],
      ["items --date 2025-01-01 --yes", "comes before its first day", "2026-01-01"],
      ["items --date 2026-02-30 --yes", "is not a day of the calendar", "YYYY-MM-DD"],
      ["items --from 2026-01-03 --to 2026-01-01 --yes", "The range is empty", "Did you mean"],
      ["items --date 2026-01-01 --to 2026-01-02 --yes", "both at once", "Leave one"],
      ["orders --all --yes", "`orders` is a source", "name+"],
      ["item --all --yes", "No asset is named `item`", "`items`"],
      ["group:shop --all --yes", "means 3 assets", "freshet assets"],
    ]
    for (const [words, says, hint] of wrong) {
      const { code, stdout, stderr } = await runFreshet(project, "forget", ...words.split(" "))
      expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: "" })
      expect(stderr).toMatch(/^error: .*\n {2}.*\n$/)
      expect(stderr).toContain(says)
      expect(stderr).toContain(hint)
    }
    expect(await kept(project)).toBe(8)
  })
})

test("wipe waits for a run, or ends with 7 and wipes nothing", async () => {
  await withMaterializedShop(async (project) => {
    const words = ["forget", "items", "--date", first, "--yes"]
    const waiting = await withRunUnderWay(project, async () => {
      const refused = await runFreshet(project, ...words, "--no-wait")
      expect(refused.code).toBe(7)
      expect(refused.stderr).toContain("Another run is under way: run of-a-colleague")
      const started = startFreshet(project, ...words)
      await started.waitForOutput("Waiting for another run to end")
      expect(await forgotten(project, "items", "--date", first, "--dry-run")).toMatchObject({
        materializations: 1,
      })
      expect(await kept(project)).toBe(8)
      return started
    })
    expectDone(await waiting.result)
    expect(await kept(project)).toBe(7)
  })
})

test("a killed wipe removes all or nothing, and releases the run lock", async () => {
  await withMaterializedShop(async (project) => {
    const words = ["forget", "items", "--all", "--yes"]
    await project.withDatabase((url) =>
      withLedgerConnection(url, async (client) => {
        await client.query("begin")
        await client.query("lock table freshet.identity in exclusive mode")
        const running = startFreshet(project, ...words)
        await waitUntil(async () => {
          const { rows } = await client.query<{ waits: boolean }>(
            `select exists (select from pg_locks where not granted
               and relation = 'freshet.identity'::regclass) as waits`,
          )
          return rows[0]?.waits === true
        })
        running.kill("SIGKILL")
        expect((await running.result).signal).toBe("SIGKILL")
        expect(await kept(project)).toBe(8)
        await client.query("rollback")
      }),
    )
    // what the server was told to do is done or not, as a whole, whoever asked is gone
    await waitUntil(async () => (await runFreshet(project, ...words, "--no-wait")).code === 0)
    expect(await states(project)).toMatchObject({ items: "0 fresh, 0 stale, 4 missing" })
  })
})

test("wipe does not change the published tables, and neither do equal recomputed rows", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const before = await readContents(place)
    const ended = await runFreshet(place, "forget", "user_recs", "--all", "--yes")
    expectDone(ended)
    expect(ended.stdout).toContain(
      `What is published stays as it is: stocktwits ${smallDays.at(-1)}.`,
    )
    expect((await readContents(place)).published).toEqual(before.published)
    expectDone(await runFreshet(place, "materialize"))
    const after = await readContents(place)
    expect(after.published).toEqual(before.published)
    expect(after.versions).toEqual(before.versions)
  })
})
