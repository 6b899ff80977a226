import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { withLedgerConnection } from "@freshet/io"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
import { withRunUnderWay } from "./run-under-way.ts"
import { allShopDays, declareShop, landOrders, shopDays, withMaterializedShop } from "./shop.ts"
import { landSmallInput, smallDays } from "./small-input.ts"
import { listTemporaryFiles, listStoredFiles } from "./stored-files.ts"
import { land, withTestProject } from "./test-project.ts"

const [first] = shopDays
const atOnce = "retention: keepFor({ days: 0 })"
const orphan = `items/${first}/${"0".repeat(32)}.parquet`

/** Runs `work` with the shop after a backfill of all days and another one after a correction of one day: four materializations are replaced. */
function withCorrectedShop(
  work: (project: DeclaredProject) => Promise<void>,
  retention = atOnce,
): Promise<void> {
  return withMaterializedShop(async (project) => {
    landOrders(project, first, 9)
    expectDone(await runFreshet(project, "backfill", "best", ...allShopDays))
    await work(project)
  }, declareShop({ retention }))
}

interface Document {
  readonly materializations: number
  readonly files: number
  readonly bytes: number
  readonly unknown_files: number
  readonly removed: readonly {
    readonly kind: string
    readonly asset: string | null
    readonly files: number
  }[]
}

async function collected(project: DeclaredProject, ...words: readonly string[]): Promise<Document> {
  const ended = await runFreshet(project, "gc", "--json", ...words)
  expectDone(ended)
  return JSON.parse(ended.stdout)
}

/** Lists the files that the ledger records. */
function recordedFiles(project: DeclaredProject): Promise<readonly string[]> {
  return query<{ file: string }>(project, "select file from freshet.materializations").then(
    (rows) => rows.map(({ file }) => file).toSorted(),
  )
}

function query<R extends object>(
  { withDatabase }: Pick<DeclaredProject, "withDatabase">,
  text: string,
): Promise<readonly R[]> {
  return withDatabase((url) =>
    withLedgerConnection(url, async (client) => (await client.query<R>(text)).rows),
  )
}

async function expectNothingStale(project: DeclaredProject): Promise<void> {
  for (const asset of ["items", "best"])
    expect((await runFreshet(project, "plan", asset, ...allShopDays, "--exit-code")).code).toBe(0)
}

function putFile({ lake }: DeclaredProject, key: string, content = "left"): string {
  const path = join(lake, key)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

test("gc deletes replaced materializations, their files and orphaned files, and nothing else", async () => {
  await withCorrectedShop(async (project) => {
    putFile(project, orphan)
    putFile(project, `failed_rows/best/${first}/${"1".repeat(32)}.parquet`)
    putFile(project, `quarantine/orders/2025-12-31/${"2".repeat(32)}.jsonl`)
    putFile(project, ".tmp/half.parquet")
    const strangers = ["notes.txt", "items/README.md"]
    for (const name of strangers) putFile(project, name)
    const [before, replaced] = [listStoredFiles(project), await recordedFiles(project)]
    expect(replaced).toHaveLength(12)

    const would = await collected(project, "--grace", "0", "--dry-run")
    expect([listStoredFiles(project), await recordedFiles(project)]).toEqual([before, replaced])
    expect(listTemporaryFiles(project)).toEqual(
      ["half.parquet"].map((name) => expect.stringContaining(name)),
    )
    const did = await collected(project, "--grace", "0")
    expect({ ...did, dry_run: true }).toEqual(would)
    expect(did).toMatchObject({ materializations: 4, files: 8, unknown_files: 2 })
    expect(did.removed.map(({ kind, asset, files }) => [kind, asset, files])).toEqual([
      ["failed_rows", "best", 1],
      ["rows", "best", 3],
      ["rows", "items", 2],
      ["quarantine", "orders", 1],
      ["temporary", null, 1],
    ])

    const kept = await recordedFiles(project)
    expect(kept).toHaveLength(8)
    expect(listStoredFiles(project)).toEqual([...kept, ...strangers].toSorted())
    expect(existsSync(join(project.lake, "quarantine"))).toBe(false)
    expect(listTemporaryFiles(project)).toEqual([])
    await expectNothingStale(project)
    const again = await runFreshet(
      project,
      "backfill",
      "best",
      ...allShopDays,
      "--inputs",
      "recorded",
    )
    expectDone(again)
    const nothing = await runFreshet(project, "gc", "--grace", "0")
    expect(nothing.stdout).toContain("No garbage to delete.")
  })
})

test("gc retains materializations within their retention and files within the grace period", async () => {
  await withCorrectedShop(async (project) => {
    const path = putFile(project, orphan)
    const before = listStoredFiles(project)
    expect(await collected(project)).toMatchObject({ materializations: 0, files: 0 })
    expect(await collected(project, "--grace", "1h")).toMatchObject({ files: 0 })
    const old = new Date(Date.now() - 2 * 3_600_000)
    utimesSync(path, old, old)
    expect(await collected(project, "--grace", "1h")).toMatchObject({ files: 1 })
    expect(listStoredFiles(project)).toEqual(before.filter((key) => key !== orphan))
    await project.declare(declareShop())
    expect(await collected(project, "--grace", "0")).toMatchObject({ materializations: 0 })
    await query(
      project,
      "update freshet.materializations set recorded_at = recorded_at - interval '31 days'",
    )
    expect(await collected(project, "--grace", "0")).toMatchObject({ materializations: 4 })
  })
})

test("gc retains a materialization that counts again after a reverted edit, although it is not the latest", async () => {
  await withMaterializedShop(
    async (project) => {
      const words = ["backfill", "best", ...allShopDays]
      await project.declare(declareShop({ retention: atOnce, minOrders: 2 }))
      expectDone(await runFreshet(project, ...words))
      await project.declare(declareShop({ retention: atOnce }))
      await expectNothingStale(project)
      const before = listStoredFiles(project)
      expect(await collected(project, "--grace", "0")).toMatchObject({
        materializations: 0,
        files: 0,
      })
      expect(listStoredFiles(project)).toEqual(before)
      await expectNothingStale(project)
      expectDone(await runFreshet(project, "verify", "--sample", "100%"))
    },
    declareShop({ retention: atOnce }),
  )
})

test("gc that is killed between the ledger and the files leaves orphaned files that the next gc deletes", async () => {
  await withCorrectedShop(async (project) => {
    const before = listStoredFiles(project)
    await project.withDatabase((url) =>
      withLedgerConnection(url, async (client) => {
        await client.query("begin")
        // gc reads the files to retain from this table after it has deleted the records
        await client.query("lock table freshet.line_counts in access exclusive mode")
        const running = startFreshet(project, "gc", "--grace", "0")
        await waitUntil(async () => (await recordedFiles(project)).length === 8)
        running.kill("SIGKILL")
        expect((await running.result).signal).toBe("SIGKILL")
        await client.query("rollback")
      }),
    )
    expect(listStoredFiles(project)).toEqual(before)
    await expectNothingStale(project)
    expect(await collected(project, "--grace", "0")).toMatchObject({
      materializations: 0,
      files: 4,
    })
    expect(listStoredFiles(project)).toEqual(await recordedFiles(project))
    await expectNothingStale(project)
  })
})

test("gc waits for a run, or ends with 7 and deletes nothing", async () => {
  await withCorrectedShop(async (project) => {
    const before = [listStoredFiles(project), await recordedFiles(project)]
    const waiting = await withRunUnderWay(project, async () => {
      const refused = await runFreshet(project, "gc", "--grace", "0", "--no-wait")
      expect(refused.code).toBe(7)
      expect(refused.stderr).toContain("A run is under way: run of-a-colleague")
      const started = startFreshet(project, "gc", "--grace", "0")
      await started.waitForOutput("Waiting for run of-a-colleague")
      const dry = await collected(project, "--grace", "0", "--dry-run")
      expect(dry).toMatchObject({ materializations: 4 })
      expect([listStoredFiles(project), await recordedFiles(project)]).toEqual(before)
      return started
    })
    const ended = await waiting.result
    expectDone(ended)
    expect(ended.stdout).toContain("4 materializations and 4 files deleted")
  })
})

test("gc deletes nothing outside the lake, and rejects a lake without a file of its ledger", async () => {
  await withCorrectedShop(async (project) => {
    const outside = join(project.folder, "outside")
    mkdirSync(join(outside, first), { recursive: true })
    const precious = join(outside, first, `${"3".repeat(32)}.parquet`)
    writeFileSync(precious, "precious")
    symlinkSync(outside, join(project.lake, "linked"))
    symlinkSync(precious, join(project.lake, "items", first, `${"4".repeat(32)}.parquet`))
    await collected(project, "--grace", "0")
    expect(readdirSync(join(outside, first))).toHaveLength(1)
    expect(readdirSync(project.lake)).toContain("linked")

    const elsewhere = { ...project, lake: outside }
    const environment = { ...project.environment, FRESHET_LAKE: outside }
    putFile(elsewhere, `others/${first}/${"5".repeat(32)}.parquet`)
    const { code, stderr } = await runFreshet({ ...project, environment }, "gc", "--grace", "0")
    expect(code).toBe(2)
    expect(stderr).toContain(`The ledger references none of the files in ${outside}`)
    expect(listStoredFiles(elsewhere)).toHaveLength(2)
  })
})

test("gc retains the files of published tables while they are published", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const log = `activity/${smallDays.at(-1)}.json`
    const content = readFileSync(join(place.landing, "stocktwits", log), "utf8")
    land(place, log, `${content}{"action":"follow","user_id":1,"following_user_id":2}\n`)
    expectDone(await runFreshet(place, "materialize", "--no-publish"))
    const aged = `
      update freshet.materializations set recorded_at = recorded_at - interval '90 days';
      update freshet.steps set ended_at = ended_at - interval '90 days'`
    await query(place, aged)
    const [shown] = await query<{ files: readonly string[] }>(
      place,
      "select files from freshet.publications order by id desc limit 1",
    )
    expect(shown?.files).toHaveLength(6)
    const before = await readContents(place)
    const ended = await runFreshet(place, "gc", "--grace", "0")
    expectDone(ended)
    expect(ended.stdout).toMatch(/[1-9]\d* materializations? and \d+ files? deleted/)
    for (const file of shown?.files ?? []) expect(listStoredFiles(place)).toContain(file)
    const after = await readContents(place)
    expect(after.versions).toEqual(before.versions)
    expect(after.published).toEqual(before.published)
    expect((await runFreshet(place, "plan", "--no-publish", "--exit-code")).code).toBe(0)
    expectDone(await runFreshet(place, "verify", "--files"))
  })
})
