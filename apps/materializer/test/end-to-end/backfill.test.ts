import { appendFileSync, rmSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { readContents, readNewestSteps, readPublishedWithTimes } from "./ledger-contents.ts"
import { landSmallInput, smallDays } from "./small-input.ts"
import { withTestProject, type TestProject } from "./test-project.ts"

const [first, past] = smallDays

test("a backfill of a past day computes it as of that day and leaves the published tables at the newest day", async () => {
  const asOfThen = await withTestProject(async (place) => {
    await landSmallInput(place)
    removeDaysAfter(place, past)
    expectDone(await runFreshet(place, "backfill", "user_recs", "--date", past))
    return readContents(place)
  })
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const before = await readPublishedWithTimes(place)
    const { publications } = await readContents(place)
    const ended = await runFreshet(place, "backfill", "user_recs", "--date", past)
    expectDone(ended)
    const { stdout } = ended
    const after = await readContents(place)
    expect(after.versions.get(`user_recs ${past}`)).toBeDefined()
    for (const [key, version] of asOfThen.versions)
      expect(`${key} ${after.versions.get(key)}`).toBe(`${key} ${version}`)
    expect(await readPublishedWithTimes(place)).toEqual(before)
    expect(after.publications).toEqual(publications)
    expect(stdout).toMatch(/\d+ partitions made/)
    expect(stdout).toContain(
      `The published tables of stocktwits show ${smallDays.at(-1)}, the newest day; a backfill of the past does not change them.`,
    )
    expect(stdout).toContain("Nothing downstream became stale.")
  })
})

test("a backfill names commands that materialize its stale downstream assets, and --downstream does so at once", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    expectDone(await runFreshet(place, "backfill", "user_recs", "--date", past))
    const follow = async (from: number, to: number) => {
      const log = join(place.landing, "stocktwits", "activity", `${first}.json`)
      const event = { action: "follow", user_id: from, following_user_id: to }
      appendFileSync(log, `${JSON.stringify(event)}\n`)
    }
    await follow(1, 2)
    const ended = await runFreshet(place, "backfill", "follows", "--date", first)
    expectDone(ended)
    expect(ended.stdout).toContain("downstream became stale")
    const [, advice = ""] = ended.stdout.split("To make them as well:")
    const commands = [...advice.matchAll(/`freshet ([^`]+)`/g)].map(([, words = ""]) => words)
    expect(commands).not.toEqual([])
    for (const words of commands) expectDone(await runFreshet(place, ...words.split(" ")))
    const nothing = "Nothing is stale: everything asked for is up to date.\n"
    const below = ["backfill", "follows", "--date", first, "--downstream"]
    expect((await runFreshet(place, ...below)).stdout).toBe(nothing)
    expect((await runFreshet(place, "materialize")).stdout).toBe(nothing)

    await follow(1, 3)
    expectDone(await runFreshet(place, ...below))
    expect((await runFreshet(place, ...below)).stdout).toBe(nothing)
    expect((await runFreshet(place, "materialize")).stdout).toBe(nothing)
  })
})

test("a backfill of a fresh day does nothing", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    const words = ["backfill", "user_recs", "--date", past]
    expectDone(await runFreshet(place, ...words))
    const steps = await readNewestSteps(place)
    const { materializations } = await readContents(place)
    expectDone(await runFreshet(place, ...words))
    expect(await readNewestSteps(place)).toEqual(steps)
    expect((await readContents(place)).materializations).toEqual(materializations)
  })
})

test("a backfill of a day before the first landed day is rejected with one message", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    const { code, stderr } = await runFreshet(
      place,
      "backfill",
      "user_recs",
      "--date",
      "2025-12-31",
    )
    expect(code).toBe(2)
    expect(stderr).toContain("`user_recs` has no 2025-12-31: that day comes before its first day.")
    expect(stderr).not.toContain("    at ")
  })
})

function removeDaysAfter({ landing }: TestProject, day: string): void {
  for (const later of smallDays.filter((each) => each > day))
    for (const name of [`activity/${later}.json`, `users/${later}.csv`, `rooms/${later}.csv`])
      rmSync(join(landing, "stocktwits", name), { force: true })
}
