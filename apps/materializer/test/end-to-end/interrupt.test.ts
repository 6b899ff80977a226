import { expect, test } from "vitest"

import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
import { expectNoProcesses } from "./processes.ts"
import { landSmallInput } from "./small-input.ts"
import { listTemporaryFiles } from "./stored-files.ts"
import { withEmbeddedTestProject } from "./test-project.ts"

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends a run cleanly with %i, and the next run continues", async (signal, code) => {
  await withEmbeddedTestProject(async (place) => {
    await landSmallInput(place)
    const running = startFreshet(place, "materialize")
    await running.waitForOutput("activities")
    running.kill(signal)
    const ended = await running.result
    expect(ended.stderr).not.toContain("    at ")
    expect(ended).toMatchObject({ code, signal: null })
    await expectNoProcesses(place.folder)
    expect(listTemporaryFiles(place)).toEqual([])
    const { publications } = await readContents(place)
    expect(publications).toEqual([])
    expectDone(await runFreshet(place, "materialize"))
    const contents = await readContents(place)
    expect(contents.publications).toHaveLength(1)
    expect(contents.materializations).toHaveLength(contents.versions.size)
  })
})
