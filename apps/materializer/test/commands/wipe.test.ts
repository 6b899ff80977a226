import type { Services, WipeRequest } from "@freshet/services"
import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

const project = createTinyProject({ landed: {} })

/** A world that tells what it was asked to forget. */
function worldKeeping(materializations: number) {
  const asked: WipeRequest[] = []
  const [name = ""] = [...project.graph.assets.values()].flatMap((asset) =>
    asset.kind === "asset" ? [asset.name] : [],
  )
  const wipePartitions: Services["wipePartitions"] = async (_config, request) => {
    asked.push(request)
    return {
      project,
      assets: [name],
      partitions: materializations === 0 ? [] : [{ from: 20_454, to: 20_455 }],
      materializations,
      files: materializations,
      bytes: 1200 * materializations,
      becomesStale: new Map(),
      readers: new Map(),
      published: [],
    }
  }
  return { name, asked, world: { wipePartitions } }
}

test("a person at a terminal sees what it means and is asked; a no forgets nothing", async () => {
  for (const [answer, dryRuns] of [
    [false, [true]],
    [true, [true, false]],
  ] as const) {
    const { name, asked, world } = worldKeeping(2)
    const { code, out, err } = await runCommand(project, ["forget", name, "--all"], {
      isTerminal: true,
      ask: async (question) => {
        expect(question).toBe("Forget these?")
        return answer
      },
      services: world,
    })
    expect(code).toBe(0)
    expect(asked.map(({ dryRun }) => dryRun)).toEqual(dryRuns)
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
    const { name, world } = worldKeeping(kept)
    const ask = async () => expect.unreachable("nobody is asked")
    const words = ["forget", name, "--all", ...more]
    const { code, out } = await runCommand(project, words, {
      isTerminal: true,
      ask,
      services: world,
    })
    expect(code).toBe(0)
    expect(out).toContain(kept === 0 ? "there is nothing to forget" : "count as never made now")
  }
})
