import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { createWipeableProject } from "../fixtures/wipeable-project.ts"

const everyItem = [{ asset: "items", range: { from: -Infinity, to: Infinity } }]

test("a person at a terminal sees the consequences and is asked; a no wipes nothing", async () => {
  for (const answer of [false, true]) {
    const { wipes, project } = createWipeableProject(2)
    const { code, out, err } = await runCommand(project, ["wipe", "items", "--all"], {
      isTerminal: true,
      ask: async (question) => {
        expect(question).toBe("Wipe these partitions?")
        expect(wipes).toEqual([])
        return answer
      },
    })
    expect(code).toBe(0)
    expect(wipes).toEqual(answer ? [everyItem] : [])
    expect(err).toContain("(2 partitions) would be wiped: 2 materializations, 2 files, 2.4 kB.")
    expect(err.includes("Nothing was wiped.")).toBe(!answer)
    expect(out.includes("(2 partitions) wiped: 2 materializations")).toBe(answer)
  }
})

test("nobody is asked without records, nor with --yes", async () => {
  for (const [retainedCount, more] of [
    [0, []],
    [2, ["--yes"]],
  ] as const) {
    const { wipes, project } = createWipeableProject(retainedCount)
    const ask = async () => expect.unreachable("nobody is asked")
    const words = ["wipe", "items", "--all", ...more]
    const { code, out } = await runCommand(project, words, {
      isTerminal: true,
      ask,
    })
    expect(code).toBe(0)
    expect(wipes).toEqual(retainedCount === 0 ? [] : [everyItem])
    expect(out).toContain(retainedCount === 0 ? "nothing to wipe" : "(2 partitions) wiped")
  }
})

test("the previous name of wipe is a hidden alias", async () => {
  const { wipes, project } = createWipeableProject(2)
  expect((await runCommand(project, ["forget", "items", "--all", "--yes"])).code).toBe(0)
  expect(wipes).toEqual([everyItem])
})

test("without a terminal a wipe needs --yes", async () => {
  const { wipes, project } = createWipeableProject(2)
  const { code, err } = await runCommand(project, ["wipe", "items", "--all"])
  expect(code).toBe(2)
  expect(err).toContain("Confirmation needed, but this is not a terminal.\n  Pass --yes")
  expect(wipes).toEqual([])
})
