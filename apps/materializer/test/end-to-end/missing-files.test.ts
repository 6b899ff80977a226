import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
import { landSmallInput, smallDays } from "./small-input.ts"
import { withTestProject } from "./test-project.ts"

const [, past] = smallDays
const newest = smallDays.at(-1)

test("what is gone from the lake is named, made anew with the same content, and disturbs nothing else", async () => {
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
    expect(ended.stderr).toContain(`user_recs ${newest}: made`)
    expect((await readContents(place)).versions).toEqual(before.versions)
    expect((await runFreshet(place, "plan", "--exit-code")).code).toBe(0)
  })
})

test("a past partition that is gone is made anew once something is made that reads it", async () => {
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
    expect(ended.stderr).toContain(`activities ${past}: made`)
    expect(ended.stderr).toContain(`user_engagements ${newest}: made`)
    expect((await readContents(place)).versions).toEqual(before.versions)
    expect((await runFreshet(place, "plan", "--exit-code")).code).toBe(0)
  })
})

test("rows that were made before from the same inputs are made anew when their file is gone", async () => {
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
