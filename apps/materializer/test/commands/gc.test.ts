import { expect, test } from "vitest"

import {
  createCollectableProject,
  lakeFiles,
  orphanedFiles,
} from "../fixtures/collectable-project.ts"
import { runCommand } from "../fixtures/fake-command-line.ts"

test("a person at a terminal sees the garbage and is asked; a no deletes nothing", async () => {
  const { removedKeys, project } = createCollectableProject(lakeFiles)
  const { code, out, err } = await runCommand(project, ["gc"], {
    isTerminal: true,
    ask: async () => false,
  })
  expect(code).toBe(0)
  expect(removedKeys).toEqual([])
  expect(out).toBe("")
  expect(err).toMatchInlineSnapshot(`
    "would be deleted  files    size
    items                 2  1.2 MB
    temporary files       3  5.0 MB
    0 materializations and 5 files would be deleted, 6.2 MB.
    1 unknown file in the lake, written by no step: skipped.
    Nothing was deleted.
    "
  `)
})

test("a yes, --yes and a pipe delete", async () => {
  for (const [words, ask] of [
    [["gc"], async () => true],
    [["gc", "--yes"], async () => expect.unreachable("nobody is asked")],
    [["gc"], undefined],
  ] as const) {
    const { removedKeys, project } = createCollectableProject(lakeFiles)
    const { code, out } = await runCommand(project, words, { ask })
    expect(code).toBe(0)
    expect(removedKeys).toEqual(orphanedFiles.map(({ key }) => key))
    expect(out).toContain("0 materializations and 5 files deleted, 6.2 MB.")
  }
})

test("nobody is asked without garbage", async () => {
  const { project } = createCollectableProject([])
  const ask = async () => expect.unreachable("nobody is asked")
  const { out } = await runCommand(project, ["gc"], { ask })
  expect(out).toBe("No garbage to delete.\n")
})
