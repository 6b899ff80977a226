import type { GarbageCollectionRequest, GarbageReport, Services } from "@freshet/services"
import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

const project = createTinyProject({ landed: {} })

const nothing: GarbageReport = {
  materializations: [],
  files: [],
  temporaryFiles: { files: 0, bytes: 0 },
  spillFiles: { files: 0, bytes: 0 },
  unknownCount: 0,
}

const some: GarbageReport = {
  ...nothing,
  files: [
    { key: "items/2026-01-01/x.parquet", kind: "rows", owner: "items", bytes: 1_200_000 },
    { key: "items/2026-01-02/x.parquet", kind: "rows", owner: "items", bytes: 800 },
  ],
  spillFiles: { files: 3, bytes: 5_000_000 },
  unknownCount: 1,
}

/** A world that tells which clean-ups were asked of it. */
function worldWith(collection: GarbageReport) {
  const asked: GarbageCollectionRequest[] = []
  const collectGarbage: Services["collectGarbage"] = async (_config, request) => {
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
    services: world,
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
    const { code, out } = await runCommand(project, words, { ask, services: world })
    expect(code).toBe(0)
    expect(asked.at(-1)).toMatchObject({ dryRun: false, wait: true, graceMs: 604_800_000 })
    expect(out).toContain("0 materializations forgotten and 5 files removed, 6.2 MB.")
  }
})

test("nobody is asked about nothing", async () => {
  const { world } = worldWith(nothing)
  const ask = async () => expect.unreachable("nobody is asked")
  const { out } = await runCommand(project, ["gc"], { ask, services: world })
  expect(out).toBe("Nothing to clear away.\n")
})
