import { expect, test } from "vitest"

import type { World } from "../../src/commands/world.ts"
import type { Collection, CollectionRequest } from "../../src/project/collect-garbage.ts"
import { tinyProject } from "../tiny-project.ts"
import { runCommand } from "./fake-command-line.ts"

const project = tinyProject({ landed: {} })

const nothing: Collection = {
  forgotten: [],
  files: [],
  temporary: { files: 0, bytes: 0 },
  spilled: { files: 0, bytes: 0 },
  strangers: 0,
}

const some: Collection = {
  ...nothing,
  files: [
    { key: "items/2026-01-01/x.parquet", kind: "rows", owner: "items", bytes: 1_200_000 },
    { key: "items/2026-01-02/x.parquet", kind: "rows", owner: "items", bytes: 800 },
  ],
  spilled: { files: 3, bytes: 5_000_000 },
  strangers: 1,
}

/** A world that tells which clean-ups were asked of it. */
function worldWith(collection: Collection) {
  const asked: CollectionRequest[] = []
  const collectGarbage: World["collectGarbage"] = async (_config, request) => {
    asked.push(request)
    return collection
  }
  return { asked, world: { collectGarbage } }
}

test("a person at a terminal sees what would go and is asked; a no removes nothing", async () => {
  const { asked, world } = worldWith(some)
  const { code, out, err } = await runCommand(project, ["gc"], {
    isTerminal: true,
    ask: async () => false,
    world,
  })
  expect(code).toBe(0)
  expect(asked.map(({ dryRun }) => dryRun)).toEqual([true])
  expect(out).toBe("")
  expect(err).toMatchInlineSnapshot(`
    "would go                    files   space
    items                           2  1.2 MB
    spilled by killed commands      3  5.0 MB
    0 materializations would be forgotten and 5 files removed, 6.2 MB.
    1 file in the lake that no step wrote: left alone.
    Nothing was removed.
    "
  `)
})

test("a yes, --yes and a pipe remove", async () => {
  for (const [words, ask] of [
    [["gc"], async () => true],
    [["gc", "--yes"], async () => expect.unreachable("nobody is asked")],
    [["gc"], undefined],
  ] as const) {
    const { asked, world } = worldWith(some)
    const { code, out } = await runCommand(project, words, { ask, world })
    expect(code).toBe(0)
    expect(asked.at(-1)).toMatchObject({ dryRun: false, wait: true, graceMs: 604_800_000 })
    expect(out).toContain("0 materializations forgotten and 5 files removed, 6.2 MB.")
  }
})

test("nobody is asked about nothing", async () => {
  const { world } = worldWith(nothing)
  const ask = async () => expect.unreachable("nobody is asked")
  const { out } = await runCommand(project, ["gc"], { ask, world })
  expect(out).toBe("Nothing to clear away.\n")
})
