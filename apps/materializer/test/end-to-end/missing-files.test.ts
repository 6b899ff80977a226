import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { readContents, withLedgerClient } from "./ledger-contents.ts"
import { findPartitionFile, shopDays, withMaterializedShop } from "./shop.ts"
import { landSmallInput, smallDays } from "./small-input.ts"
import { withTestProject } from "./test-project.ts"

const [, past] = smallDays
const newest = smallDays.at(-1)

test("missing files of the newest day are reported and recomputed with the same content, and nothing else is", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const before = await readContents(place)
    rmSync(join(place.lake, "user_recs"), { recursive: true })
    const { stderr } = await runFreshet(place, "status")
    expect(stderr).toContain(`The stored file of \`user_recs\` ${newest} is missing from the lake.`)
    const planned = await runFreshet(place, "plan", "--exit-code")
    expect(planned.code).toBe(6)
    expect(planned.stderr).toContain("is missing from the lake.")
    const ended = await runFreshet(place, "materialize")
    expectDone(ended)
    expect(ended.stdout).toContain("1 partition materialized")
    expect(ended.stderr).toContain(`user_recs ${newest}: materialized`)
    expect((await readContents(place)).versions).toEqual(before.versions)
    expect((await runFreshet(place, "plan", "--exit-code")).code).toBe(0)
  })
})

test("a missing file of a past partition is recomputed for its readers, whose rows stay as they are", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const before = await readContents(place)
    rmSync(join(place.lake, "follows", past ?? ""), { recursive: true })
    expect((await runFreshet(place, "plan", "--exit-code")).code).toBe(6)
    const ended = await runFreshet(place, "materialize")
    expectDone(ended)
    expect(ended.stderr).toContain(
      `The stored file of \`follows\` ${past} is missing from the lake.`,
    )
    expect(ended.stderr).toContain(`activities ${past}: materialized`)
    expect(ended.stderr).not.toContain(`user_engagements ${newest}: materialized`)
    expect((await readContents(place)).versions).toEqual(before.versions)
    expect((await runFreshet(place, "plan", "--exit-code")).code).toBe(0)
  })
})

test("an earlier materialization with the same inputs is recomputed if its file is missing", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const before = await readContents(place)
    const folder = join(place.lake, "follows", newest ?? "")
    const [first = ""] = readdirSync(folder)
    const log = join(place.landing, "stocktwits", "activity", `${newest}.json`)
    const original = readFileSync(log)
    appendFileSync(log, `{"action":"follow","user_id":1,"following_user_id":2}\n`)
    expectDone(await runFreshet(place, "materialize"))
    writeFileSync(log, original)
    rmSync(join(folder, first))
    expectDone(await runFreshet(place, "materialize"))
    expect(readdirSync(folder)).toContain(first)
    expect((await readContents(place)).versions).toEqual(before.versions)
  })
})

const [, secondShopDay, , newestShopDay] = shopDays

test("all commands report a missing file alike: it and its readers are not up to date, and it will be rebuilt", async () => {
  await withMaterializedShop(async (project) => {
    for (const day of [secondShopDay, newestShopDay])
      rmSync(findPartitionFile(project, "items", day))
    const days = `${secondShopDay}, ${newestShopDay}`
    const warning = `The stored file of \`items\` ${days} is missing from the lake.`
    for (const words of [
      ["status"],
      ["status", "items"],
      ["status", "best"],
      ["plan"],
      ["plan", "best"],
    ]) {
      const { code, stderr } = await runFreshet(project, ...words)
      expect({ words, code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringContaining(warning),
      })
    }
    const states = { items: { missing: 2, fresh: 2 }, best: { stale: 3, fresh: 1 } }
    for (const [name, partitions] of Object.entries(states)) {
      const state = [{ name, partitions }]
      expect(await readFreshetJson(project, "status", name)).toMatchObject({ assets: state })
      expect(await readFreshetJson(project, "show", name)).toMatchObject({ partitions })
      expect((await runFreshet(project, "why", name)).stdout).toMatch(
        /items .*2026-01-04: file missing, will be rebuilt/,
      )
    }
    expect((await runFreshet(project, "plan")).stdout).toMatch(
      /^items +2 partitions .* file missing, will be rebuilt$/m,
    )
    expect((await runFreshet(project, "doctor")).stdout).toContain("2 missing of 8 files")
    expectDone(await runFreshet(project, "materialize"))
    expectDone(await runFreshet(project, "plan", "--exit-code"))
    expect((await runFreshet(project, "doctor")).stdout).toContain("8 files")
  })
})

test("queries of rows whose file is missing fail with the command that rebuilds it, and give no older rows instead", async () => {
  await withMaterializedShop(async (project) => {
    rmSync(findPartitionFile(project, "items", newestShopDay))
    const output = join(project.folder, "items.csv")
    for (const words of [
      ["sql", "select * from items"],
      ["sql", `select * from "items@${newestShopDay}"`],
      ["sql", 'select count(*) from "items@all"'],
      ["data", "head", "items"],
      ["data", "head", "items", "--partition", newestShopDay],
      ["data", "export", "items", "--format", "csv", "--output", output],
    ]) {
      const { code, stdout, stderr } = await runFreshet(project, ...words)
      expect({ words, code, stdout }).toMatchObject({ code: 2, stdout: "" })
      expect(stderr).toBe(
        `error: The stored file of \`items\` ${newestShopDay} is missing from the lake.\n` +
          "  `freshet materialize items` rebuilds it.\n",
      )
    }
    expectDone(await runFreshet(project, "sql", `select * from "items@${secondShopDay}"`))
    expectDone(await runFreshet(project, "sql", "select * from best"))
  })
})

test("a copy of the lake from before the newest run lacks files: they are rebuilt", async () => {
  await withMaterializedShop(async (project) => {
    const copy = join(project.folder, "lake copy")
    rmSync(findPartitionFile(project, "best", newestShopDay))
    renameSync(project.lake, copy)
    cpSync(copy, project.lake, { recursive: true })
    expect(await readFreshetJson(project, "status")).toMatchObject({
      summary: { fresh: 1, missing: 1 },
    })
    const run = await runFreshet(project, "materialize")
    expectDone(run)
    expect(run.stdout).toContain("1 partition materialized")
    expectDone(await runFreshet(project, "verify", "--files"))
  })
})

test("a copy of the ledger from before the newest run records less than the lake has: the rest is materialized again", async () => {
  await withMaterializedShop(async (project) => {
    await withLedgerClient(project, async (client) => {
      await client.query(
        "delete from freshet.materializations where asset = 'best' and partition > 20455",
      )
    })
    const run = await runFreshet(project, "materialize")
    expectDone(run)
    expectDone(await runFreshet(project, "verify", "--files"))
    expect((await runFreshet(project, "doctor")).stdout).not.toContain("missing of")
  })
})
