import { expect, test } from "vitest"

import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { readContents, withLedgerClient } from "./ledger-contents.ts"
import { expectNoProcesses } from "./processes.ts"
import { withRunUnderWay } from "./run-under-way.ts"
import { landSmallInput } from "./small-input.ts"
import { withEmbeddedTestProject, withTestProject } from "./test-project.ts"

test("the second of two concurrent runs waits, and each partition is materialized once", async () => {
  const alone = await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    return readContents(place)
  })
  await withEmbeddedTestProject(async (place) => {
    await landSmallInput(place)
    const both = [startFreshet(place, "materialize"), startFreshet(place, "materialize")]
    const ended = await Promise.all(both.map((each) => each.result))
    expect(ended).toMatchObject([{ code: 0 }, { code: 0 }])
    const waited = ended.filter(({ stderr }) => stderr.includes("Waiting for another run to end"))
    expect(waited).toHaveLength(1)
    const contents = await readContents(place)
    expect(contents.versions).toEqual(alone.versions)
    expect(contents.published).toEqual(alone.published)
    expect(contents.publications).toHaveLength(1)
    expect(contents.materializations).toHaveLength(contents.versions.size)
    await expectNoProcesses(place.folder)
  })
})

test("a waiting command names the run that it waits for, and continues after it", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "status"))
    const waiting = await withRunUnderWay(place, async () => {
      const started = startFreshet(place, "materialize")
      await started.waitForOutput("Waiting for another run to end")
      return started
    })
    const { code, stderr } = await waiting.result
    expect(stderr).toContain("run of-a-colleague (freshet materialize)")
    expect(stderr).toContain(`process ${process.pid}`)
    expect(code).toBe(0)
    expect((await readContents(place)).publications).toHaveLength(1)
  })
})

test("a command with --no-wait ends with 7 and names the other run", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "status"))
    const { code, stderr } = await withRunUnderWay(place, () =>
      runFreshet(place, "materialize", "--no-wait"),
    )
    expect(stderr).toContain("Another run is under way: run of-a-colleague")
    expect(stderr).not.toContain("    at ")
    expect(code).toBe(7)
    expect((await readContents(place)).materializations).toEqual([])
  })
})

test("status works while another command materializes", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    const running = startFreshet(place, "materialize")
    const finished = running.result.then(() => "ended" as const)
    let asked = 0
    for (;;) {
      const status = runFreshet(place, "status")
      expectDone(await status)
      asked += 1
      if ((await Promise.race([finished, Promise.resolve("under way")])) === "ended") break
    }
    expectDone(await running.result)
    expect(asked).toBeGreaterThan(0)
  })
})

test("concurrent commands migrate a new database once", async () => {
  await withTestProject(async (place) => {
    const ended = await Promise.all([1, 2, 3].map(() => runFreshet(place, "status")))
    expect(ended).toMatchObject([{ code: 0 }, { code: 0 }, { code: 0 }])
    const tables = await withLedgerClient(place, (client) =>
      client.query("select from pg_tables where schemaname = 'stocktwits'"),
    )
    expect(tables.rowCount).toBe(6)
  })
})
