import {
  type AttentionDocument,
  liveDemoDays,
  type RecommendationsDocument,
  type StatusDocument,
} from "@freshet/services"
import { expect, test } from "vitest"

import { startFreshet } from "./freshet-process.ts"
import { expectNoProcesses } from "./processes.ts"
import { withEmbeddedTestProject } from "./test-project.ts"

test("an empty project gets demo data, a first run and a page, and Ctrl-C stops all", async () => {
  await withEmbeddedTestProject(async (place) => {
    const running = startFreshet(place, "start", "--port", "0")
    await running.waitForOutput("Freshet is at http")
    const [address = ""] = /http:\S+/.exec(running.readOutput()) ?? []
    const readStatus = async () =>
      (await (await fetch(`${address}api/status`)).json()) as StatusDocument // the UI's tests parse it
    expect((await readStatus()).landing.is_empty).toBe(false)
    await expect
      .poll(async () => (await readStatus()).summary, { timeout: 300_000, interval: 1000 })
      .toMatchObject({ fresh: 71, stale: 0, missing: 0, failed: 0, overdue: 0 })
    expect(await (await fetch(address)).text()).toContain('<div id="root">')
    await expectRecommendations(address)
    running.kill("SIGINT")
    expect(await running.result).toMatchObject({ code: 0, signal: null })
    await expectNoProcesses(place.folder)
  })
})

test("with --live a further day, a late line and a bad file land in turn, and each is seen on the page", async () => {
  await withEmbeddedTestProject(async (place) => {
    const running = startFreshet(place, "start", "--port", "0", "--live", "--live-seconds", "3")
    await running.waitForOutput("Freshet is at http")
    const [address = ""] = /http:\S+/.exec(running.readOutput()) ?? []
    const read = async <T>(path: string) => (await (await fetch(`${address}${path}`)).json()) as T // the UI's tests parse it
    const readNewest = async () => {
      const { assets } = await read<StatusDocument>("api/status?selection=user_recs")
      return assets.map(({ newest_partition: day, status }) => `${day} ${status}`)
    }
    const readCauses = async () =>
      (await read<AttentionDocument>("api/attention")).causes.map(
        ({ kind, subject }) => `${kind} ${subject}`,
      )
    const day = (age: number) => new Date(Date.now() - age * 86_400_000).toISOString().slice(0, 10)
    const soon = { timeout: 300_000, interval: 200 }
    await expect.poll(readNewest, soon).toEqual([`${day(liveDemoDays - 1)} fresh`])
    await expect.poll(readCauses, soon).toContain("changed activity_log")
    await expect.poll(readCauses, soon).toContain("failed cpi")
    await expect.poll(readNewest, soon).toEqual([`${day(liveDemoDays - 2)} fresh`])
    await expect.poll(readCauses, soon).toEqual([])
    running.kill("SIGINT")
    expect(await running.result).toMatchObject({ code: 0, signal: null })
    await expectNoProcesses(place.folder)
  })
})

/** Every recommendation is as strong as its paths together, and a mistyped name finds the right one. */
async function expectRecommendations(address: string): Promise<void> {
  const read = async (query: string) =>
    (await (await fetch(`${address}api/recommendations${query}`)).json()) as RecommendationsDocument // the service's answer
  const { user, day, days, people, rooms } = await read("")
  expect(people).toHaveLength(10)
  expect(rooms).toHaveLength(10)
  expect(days).toEqual([day])
  for (const { strength, paths } of [...people, ...rooms])
    expect(paths.reduce((sum, { theirs }) => sum + theirs, 0)).toBe(strength)
  const mistyped = await read(`?user=${user?.name ?? ""}x`)
  expect(mistyped).toMatchObject({ user: null, people: [] })
  expect(mistyped.similar_users).toContain(user?.name)
  const quoted = await read("?user=' or true --")
  expect(quoted.user).toBeNull()
}
