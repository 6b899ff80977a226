import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { withLedgerConnection } from "@freshet/io"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { killAtLock } from "./kill-at-lock.ts"
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
  readonly readers: readonly { readonly asset: string; readonly count: number }[]
}

async function wipe(project: DeclaredProject, ...words: readonly string[]): Promise<Document> {
  const ended = await runFreshet(project, "wipe", ...words, "--json", "--yes")
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

/** How many materializations the ledger keeps. */
function countRetained({ withDatabase }: DeclaredProject): Promise<number> {
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
    const words = ["wipe", "items", "--from", first, "--to", second]
    const dry = await runFreshet(project, ...words, "--dry-run")
    expectDone(dry)
    expect(dry.stdout.replace(/[\d.]+ (bytes|kB)/, "some bytes")).toBe(
      [
        `items ${first} to ${second} (2 partitions) would be wiped: 2 materializations, 2 files, some bytes.`,
        "The files stay in the lake until `freshet gc` deletes them.",
        "Stale downstream until the same rows are materialized again:",
        `  best ${first} to ${newest}`,
        "These read the wiped rows; --inputs recorded cannot recompute them:",
        `  best ${first} to ${newest}`,
        "",
      ].join("\n"),
    )
    expect(await states(project)).toMatchObject({ items: "4 fresh, 0 stale, 0 missing" })

    const ended = await runFreshet(project, ...words, "--yes")
    expectDone(ended)
    expect(ended.stdout).toContain("(2 partitions) wiped: 2 materializations")
    expect(ended.stdout).toContain(
      `To materialize again: \`freshet backfill items --from ${first} --to ${second}\``,
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
    const document = await wipe(project, "items", "--date", first)
    expect(document).toMatchObject({ materializations: 2, files: 2, count: 1 })
    expect(await states(project)).toMatchObject({ items: "3 fresh, 0 stale, 1 missing" })
    landOrders(project, first, 9)
    expect(await states(project)).toMatchObject({ items: "3 fresh, 0 stale, 1 missing" })
  })
})

test("downstream partitions of wiped ones cannot be recomputed from recorded inputs, and gc deletes the files", async () => {
  await withMaterializedShop(async (project) => {
    const file = findPartitionFile(project, "items", first)
    const document = await wipe(project, "items", "--date", first)
    expect(document).toMatchObject({
      partitions: [{ from: first, to: first }],
      becomes_stale: [{ computation: "best", count: 3 }],
      readers: [{ asset: "best", count: 3 }],
    })
    const words = ["backfill", "best", "--date", first, "--inputs", "recorded"]
    const again = await runFreshet(project, ...words)
    expect(again.code).toBe(10)
    expect(again.stdout).toContain(
      `the recorded version of \`items\` ${first} is no longer retained`,
    )
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
    expect(await wipe(project, "best", "--all")).toMatchObject({
      materializations: 4,
      partitions: [{ from: first, to: newest }],
      becomes_stale: [],
      readers: [],
    })
    expect(await states(project)).toMatchObject({ best: "0 fresh, 0 stale, 4 missing" })
    for (const words of [["--all"], ["--date", third]]) {
      const nothing = await runFreshet(project, "wipe", "best", ...words, "--yes")
      expectDone(nothing)
      expect(nothing.stdout).toBe("No records of best there: nothing to wipe.\n")
    }
    rmFrom(project, newest)
    expect(await wipe(project, "items", "--date", newest)).toMatchObject({ count: 1 })
  })
})

/** Empties what landed on a day: the asset's partition of that day is no more, what was made of it is still kept. */
function rmFrom(project: DeclaredProject, day: string): void {
  rmSync(join(project.landing, "orders", `${day}.json`))
}

test("invalid requests get one message and wipe nothing", async () => {
  await withMaterializedShop(async (project) => {
    const wrong: readonly (readonly [words: string, says: string, hint: string])[] = [
      ["items", "Name the partitions to wipe.", "--all"],
      ["items --all --date 2026-01-01 --yes", "--all cannot be combined with", "Omit one"],
      ["items --date 2026-01-01", "Confirmation needed", "--yes"],
      ["items --date 2025-01-01 --yes", "comes before its first day", "2026-01-01"],
      ["items --date 2026-02-30 --yes", "is not a day of the calendar", "YYYY-MM-DD"],
      ["items --from 2026-01-03 --to 2026-01-01 --yes", "The range is empty", "Did you mean"],
      ["items --date 2026-01-01 --to 2026-01-02 --yes", "cannot be combined", "Omit one"],
      ["orders --all --yes", "`orders` is a source", "`freshet status orders+`"],
      ["item --all --yes", "No asset is named `item`", "`items`"],
      ["group:shop --all --yes", "means 3 assets", "Name one of them"],
    ]
    for (const [words, says, hint] of wrong) {
      const { code, stdout, stderr } = await runFreshet(project, "wipe", ...words.split(" "))
      expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: "" })
      expect(stderr).toMatch(/^error: .*\n {2}.*\n$/)
      expect(stderr).toContain(says)
      expect(stderr).toContain(hint)
    }
    expect(await countRetained(project)).toBe(8)
  })
})

test("wipe waits for a run, or ends with 7 and wipes nothing", async () => {
  await withMaterializedShop(async (project) => {
    const words = ["wipe", "items", "--date", first, "--yes"]
    const waiting = await withRunUnderWay(project, async () => {
      const refused = await runFreshet(project, ...words, "--no-wait")
      expect(refused.code).toBe(7)
      expect(refused.stderr).toContain("A run is under way: run of-a-colleague")
      const started = startFreshet(project, ...words)
      await started.waitForOutput("Waiting for run of-a-colleague")
      expect(await wipe(project, "items", "--date", first, "--dry-run")).toMatchObject({
        materializations: 1,
      })
      expect(await countRetained(project)).toBe(8)
      return started
    })
    expectDone(await waiting.result)
    expect(await countRetained(project)).toBe(7)
  })
})

test("a killed wipe removes all or nothing, and releases the run lock", async () => {
  await withMaterializedShop(async (project) => {
    const words = ["wipe", "items", "--all", "--yes"]
    const lock = {
      table: "freshet.identity",
      mode: "exclusive",
      whileLocked: async () => expect(await countRetained(project)).toBe(8),
    } as const
    await killAtLock(project, lock, ...words)
    // the server commits the deletion or rolls it back as a whole, without the killed command
    await waitUntil(async () => (await runFreshet(project, ...words, "--no-wait")).code === 0)
    expect(await states(project)).toMatchObject({ items: "0 fresh, 0 stale, 4 missing" })
  })
})

test("wipe does not change the published tables, and neither do equal recomputed rows", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const before = await readContents(place)
    const ended = await runFreshet(place, "wipe", "user_recs", "--all", "--yes")
    expectDone(ended)
    expect(ended.stdout).toContain(`The published tables stay at stocktwits ${smallDays.at(-1)}.`)
    expect((await readContents(place)).published).toEqual(before.published)
    expectDone(await runFreshet(place, "materialize"))
    const after = await readContents(place)
    expect(after.published).toEqual(before.published)
    expect(after.versions).toEqual(before.versions)
  })
})
