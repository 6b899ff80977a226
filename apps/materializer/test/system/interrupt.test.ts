import { expect, test } from "vitest"

import { expectDone } from "./expect-done.ts"
import { freshet, startFreshet } from "./freshet-process.ts"
import { readContents } from "./ledger-contents.ts"
import { expectNobodyIn } from "./processes.ts"
import { landSmallInput } from "./small-input.ts"
import { passingFiles } from "./stored-files.ts"
import { until } from "./until.ts"
import { withEmbeddedWorkplace } from "./workplace.ts"

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s during a run ends it cleanly with %i, and the next run carries on",
  async (signal, code) => {
    await withEmbeddedWorkplace(async (place) => {
      await landSmallInput(place)
      const running = startFreshet(place, "materialize")
      await until(() => running.said().includes("activities"), 60_000)
      const askedAt = performance.now()
      running.kill(signal)
      const ended = await running.ended
      expect(performance.now() - askedAt).toBeLessThan(10_000)
      expect(ended.stderr).not.toContain("    at ")
      expect(ended).toMatchObject({ code, signal: null })
      await expectNobodyIn(place.folder)
      expect(passingFiles(place)).toEqual([])
      const { publications } = await readContents(place)
      expect(publications).toEqual([])
      expectDone(await freshet(place, "materialize"))
      const contents = await readContents(place)
      expect(contents.publications).toHaveLength(1)
      expect(contents.made).toHaveLength(contents.versions.size)
    })
  },
  90_000,
)
