import { appendFileSync, readFileSync } from "node:fs"
import { join } from "node:path"

import { groupBy } from "@freshet/core/engine"
import {
  type AttentionDocument,
  liveDemoDays,
  type PageQueryResultDocument,
  type StatusDocument,
} from "@freshet/services"
import { expect, test } from "vitest"

import { startFreshet } from "./freshet-process.ts"
import { expectNoProcesses } from "./processes.ts"
import { type TestProject, withEmbeddedTestProject } from "./test-project.ts"

test("an empty project gets demo data, a first run and a page, and Ctrl-C stops all", async () => {
  await withEmbeddedTestProject(async (place) => {
    const running = startFreshet(place, "start", "--port", "0")
    await running.waitForOutput("Freshet is at http")
    const [address = ""] = /http:\S+/.exec(running.readOutput()) ?? []
    const readStatus = async () =>
      (await (await fetch(`${address}api/status`)).json()) as StatusDocument // the UI's tests parse it
    expect((await readStatus()).landing.is_empty).toBe(false)
    const countOthers = async () => {
      const { assets, fresh, failed, overdue } = (await readStatus()).summary
      return { others: assets - fresh, failed, overdue }
    }
    await expect
      .poll(countOthers, { timeout: 300_000, interval: 1000 })
      .toEqual({ others: 0, failed: 0, overdue: 0 })
    expect(await (await fetch(address)).text()).toContain('<div id="root">')
    await expectRecommendations(address)
    await expectArrivalTick(address, place)
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

/** A file that arrives is materialized without anybody: here one that fails a check. */
async function expectArrivalTick(
  address: string,
  { landing }: Pick<TestProject, "landing">,
): Promise<void> {
  const file = join(landing, "movies/consumer_price_index.csv")
  const [, month = ""] = readFileSync(file, "utf8").split("\n")
  appendFileSync(file, `${month}\n`)
  await expect
    .poll(async () => (await fetch(`${address}api/attention`)).json(), { timeout: 300_000 })
    .toMatchObject({ causes: [{ kind: "failed", subject: "cpi" }] })
}

/** Every recommendation is as strong as its paths together, and a mistyped name finds the right one. */
async function expectRecommendations(address: string): Promise<void> {
  const read = async (query: string) =>
    (await (await fetch(`${address}api/queries/${query}`)).json()) as PageQueryResultDocument // the UI's tests parse it
  const { partition, partitions, rows } = await read("recommended_user")
  expect(partitions).toEqual([partition])
  const [user] = rows
  expect(user).toMatchObject({ is_requested: true })
  for (const name of ["recommended_people", "recommended_rooms"]) {
    const paths = groupBy((await read(name)).rows, (row) => row["rec_id"])
    expect(paths.size).toBe(10)
    for (const [first, ...others] of paths.values())
      expect(first?.["strength"]).toBe(
        [first, ...others].reduce((sum, path) => sum + Number(path?.["theirs"]), 0),
      )
  }
  const name = String(user?.["name"])
  const mistyped = await read(`recommended_user?user=${name}x`)
  expect(mistyped.rows).toContainEqual({ ...user, is_requested: false })
  expect((await read(`recommended_people?user=${name}x`)).rows).toEqual([])
  expect((await read("recommended_user?user=' or true --")).rows).not.toContainEqual(
    expect.objectContaining({ is_requested: true }),
  )
}
