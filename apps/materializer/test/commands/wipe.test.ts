import type { AssetRange } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

/** A project with so many retained materializations of items, and the wipes of its ledger. */
function createWipeableProject(materializations: number) {
  const project = createTinyProject({ landed: {} })
  const wipes: (readonly AssetRange[])[] = []
  const wipeable = {
    materializations,
    partitions: materializations === 0 ? [] : [{ from: 20_454, to: 20_455 }],
    files: materializations,
    bytes: 1200 * materializations,
  }
  const ledger = {
    ...project.ledger,
    findWipeable: async () => wipeable,
    wipePartitions: async (ranges: readonly AssetRange[]) => void wipes.push(ranges),
  }
  return { wipes, project: { ...project, ledger } }
}

const everyItem = [{ asset: "items", range: { from: -Infinity, to: Infinity } }]

test("a person at a terminal sees what it means and is asked; a no forgets nothing", async () => {
  for (const answer of [false, true]) {
    const { wipes, project } = createWipeableProject(2)
    const { code, out, err } = await runCommand(project, ["forget", "items", "--all"], {
      isTerminal: true,
      ask: async (question) => {
        expect(question).toBe("Forget these?")
        expect(wipes).toEqual([])
        return answer
      },
    })
    expect(code).toBe(0)
    expect(wipes).toEqual(answer ? [everyItem] : [])
    expect(err).toContain("would count as never made: 2 materializations, 2 files, 2.4 kB.")
    expect(err.includes("Nothing was forgotten.")).toBe(!answer)
    expect(out.includes("count as never made now")).toBe(answer)
  }
})

test("nobody is asked about nothing, and with --yes about anything", async () => {
  for (const [kept, more] of [
    [0, []],
    [2, ["--yes"]],
  ] as const) {
    const { wipes, project } = createWipeableProject(kept)
    const ask = async () => expect.unreachable("nobody is asked")
    const words = ["forget", "items", "--all", ...more]
    const { code, out } = await runCommand(project, words, {
      isTerminal: true,
      ask,
    })
    expect(code).toBe(0)
    expect(wipes).toEqual(kept === 0 ? [] : [everyItem])
    expect(out).toContain(kept === 0 ? "there is nothing to forget" : "count as never made now")
  }
})
