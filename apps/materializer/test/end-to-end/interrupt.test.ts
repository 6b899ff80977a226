import { expect, test } from "vitest"

import { expectDone } from "./expect-done.ts"
import { runFreshet, startFreshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
import { expectNoProcesses } from "./processes.ts"
import { landSmallInput } from "./small-input.ts"
import { listTemporaryFiles } from "./stored-files.ts"
import { withEmbeddedTestProject } from "./test-project.ts"
import { until } from "./until.ts"

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s during a run ends it cleanly with %i, and the next run carries on",
  async (signal, code) => {
    await withEmbeddedTestProject(async (place) => {
      await landSmallInput(place)
      const running = startFreshet(place, "materialize")
      await until(() => running.readOutput().includes("activities"), 60_000)
      const askedAt = performance.now()
      running.kill(signal)
      const ended = await running.result
      expect(performance.now() - askedAt).toBeLessThan(10_000)
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
  },
)
