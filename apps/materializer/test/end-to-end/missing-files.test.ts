import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
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
    expect(stderr).toContain(`What was made of \`user_recs\` ${newest} is gone from the lake.`)
    const planned = await runFreshet(place, "plan", "--exit-code")
    expect(planned.code).toBe(6)
    expect(planned.stderr).toContain("is gone from the lake.")
    const ended = await runFreshet(place, "materialize")
    expectDone(ended)
    expect(ended.stdout).toContain("1 partition made")
    expect(ended.stderr).toContain(`user_recs ${newest}: materialized`)
    expect((await readContents(place)).versions).toEqual(before.versions)
    expect((await runFreshet(place, "plan", "--exit-code")).code).toBe(0)
  })
})

test("a missing file of a past partition is recomputed when a step reads it", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const before = await readContents(place)
    rmSync(join(place.lake, "follows", past ?? ""), { recursive: true })
    expect((await runFreshet(place, "plan", "--exit-code")).code).toBe(0)
    rmSync(join(place.lake, "user_engagements"), { recursive: true })
    const ended = await runFreshet(place, "materialize")
    expectDone(ended)
    expect(ended.stderr).toContain(`What was made of \`follows\` ${past} is gone from the lake.`)
    expect(ended.stderr).toContain(`activities ${past}: materialized`)
    expect(ended.stderr).toContain(`user_engagements ${newest}: materialized`)
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
