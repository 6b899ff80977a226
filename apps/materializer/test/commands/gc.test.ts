import type { StoredFile } from "@freshet/io"
import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { createTinyProject, noon, tinyStore } from "../fixtures/tiny-project.ts"

const weekAgo = noon - 604_800_000
const version = "0123456789abcdef0123456789abcdef"
const orphanedFiles = [
  { key: `items/2026-01-01/${version}.parquet`, bytes: 1_200_000, modifiedMs: weekAgo - 1 },
  { key: `items/2026-01-02/${version}.parquet`, bytes: 800, modifiedMs: weekAgo - 1 },
]
const youngFile = {
  key: `items/2026-01-03/${version}.parquet`,
  bytes: 9000,
  modifiedMs: weekAgo,
}
const unknownFile = { key: "notes.txt", bytes: 10, modifiedMs: 0 }

/** A project whose lake holds these files, and the files that were removed from it. */
function createCollectableProject(files: readonly StoredFile[]) {
  const project = createTinyProject({ landed: {} })
  const removedKeys: string[] = []
  const temporaryFiles = files.length === 0 ? { files: 0, bytes: 0 } : { files: 3, bytes: 5e6 }
  const store = {
    ...tinyStore,
    list: async function* () {
      yield files
    },
    remove: async (keys: readonly string[]) => void removedKeys.push(...keys),
    measureTemp: async () => temporaryFiles,
    removeTemp: async () => temporaryFiles,
  }
  return { removedKeys, project: { ...project, store } }
}

const allFiles = [...orphanedFiles, youngFile, unknownFile]

test("a person at a terminal sees what would go and is asked; a no removes nothing", async () => {
  const { removedKeys, project } = createCollectableProject(allFiles)
  const { code, out, err } = await runCommand(project, ["gc"], {
    isTerminal: true,
    ask: async () => false,
  })
  expect(code).toBe(0)
  expect(removedKeys).toEqual([])
  expect(out).toBe("")
  expect(err).toMatchInlineSnapshot(`
    "would go         files   space
    items                2  1.2 MB
    temporary files      3  5.0 MB
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
    const { removedKeys, project } = createCollectableProject(allFiles)
    const { code, out } = await runCommand(project, words, { ask })
    expect(code).toBe(0)
    expect(removedKeys).toEqual(orphanedFiles.map(({ key }) => key))
    expect(out).toContain("0 materializations forgotten and 5 files removed, 6.2 MB.")
  }
})

test("nobody is asked about nothing", async () => {
  const { project } = createCollectableProject([])
  const ask = async () => expect.unreachable("nobody is asked")
  const { out } = await runCommand(project, ["gc"], { ask })
  expect(out).toBe("Nothing to clear away.\n")
})
