import { expect, test } from "vitest"

import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { readContents, withLedgerClient } from "./ledger-contents.ts"
import { expectNoProcesses } from "./processes.ts"
import { withRunUnderWay } from "./run-under-way.ts"
import { landSmallInput } from "./small-input.ts"
import { withEmbeddedTestProject, withTestProject } from "./test-project.ts"

test("two concurrent runs share the work: each partition is materialized once, and the tables are right", async () => {
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
    const contents = await readContents(place)
    expect(contents.versions).toEqual(alone.versions)
    expect(contents.published).toEqual(alone.published)
    expect(contents.publications).toHaveLength(1)
    expect(contents.materializations).toHaveLength(contents.versions.size)
    await expectNoProcesses(place.folder)
  })
})

test("a run does not wait for another one that is under way", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "status"))
    const { code, stderr } = await withRunUnderWay(place, () =>
      runFreshet(place, "materialize", "--no-wait"),
    )
    expect(stderr).not.toContain("Waiting")
    expect(code).toBe(0)
    expect((await readContents(place)).publications).toHaveLength(1)
  })
})

test("a command that removes records names the run that it waits for, and continues after it", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const waiting = await withRunUnderWay(place, async () => {
      const started = startFreshet(place, "gc")
      await started.waitForOutput("Waiting for run of-a-colleague (freshet materialize)")
      return started
    })
    const { code, stderr } = await waiting.result
    expect(stderr).toContain(`process ${process.pid}`)
    expect(code).toBe(0)
  })
})

test("a command that removes records ends with 7 with --no-wait, and names the run", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    const { code, stderr } = await withRunUnderWay(place, () =>
      runFreshet(place, "gc", "--no-wait"),
    )
    expect(stderr).toContain("A run is under way: run of-a-colleague")
    expect(stderr).not.toContain("    at ")
    expect(code).toBe(7)
  })
})

test("Ctrl-C ends the wait of a command for a run", async () => {
  await withTestProject(async (place) => {
    await landSmallInput(place)
    expectDone(await runFreshet(place, "materialize"))
    await withRunUnderWay(place, async () => {
      const waiting = startFreshet(place, "gc")
      await waiting.waitForOutput("Waiting for run of-a-colleague")
      waiting.kill("SIGINT")
      expect(await waiting.result).toMatchObject({ code: 130 })
    })
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
