import { readFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { expectDone, runFreshet } from "../freshet-process.ts"
import { node24 } from "../node-24.ts"
import { landSmallInput } from "../small-input.ts"
import { listStoredFiles } from "../stored-files.ts"
import { type TestProject, withTestProject } from "../test-project.ts"

const commands = [
  ["--help"],
  ["materialize", "--help"],
  ["data", "--help"],
  ["assets"],
  ["assets", "--json"],
  ["lineage", "user_recs"],
  ["lineage", "user_recs", "--json"],
  ["show", "user_recs"],
  ["status"],
  ["plan"],
  ["plan", "user_recs", "--json"],
  ["plan", "--from", "2026-01-01"],
  ["why", "user_recs"],
  ["why", "user_recs", "--json"],
  ["materialize"],
  ["materialize", "--json"],
  ["data", "head", "user_recs", "--limit", "5"],
  ["data", "head", "user_recs", "--json"],
  ["data", "schema", "user_recs"],
  ["sql", "select count(*) from user_recs"],
  ["sql", "--published", "select count(*) from stocktwits.user_recs"],
  ["sql", "select * from nowhere"],
  ["status", "nowhere"],
  ["materialise"],
  ["completion", "bash"],
]
const formats = ["csv", "jsonl", "arrow", "parquet"]

test.skipIf(node24 === undefined)(
  "Node 24 gives the same rows and bytes as this Node",
  async () => {
    await withTestProject(async (project) => {
      await withTestProject(async (other) => {
        for (const each of [project, other]) await landSmallInput(each)
        expectDone(await runFreshet(project, "materialize"))
        expectDone(await runFreshet(onNode24(other), "materialize"))
        expect(listStoredFiles(other)).toEqual(listStoredFiles(project))
        for (const words of commands) await expectSameOutput(project, words)
        for (const format of formats) await expectSameExport(project, format)
      })
    })
  },
)

function onNode24<P extends TestProject>(project: P): P {
  return node24 === undefined ? project : { ...project, node: node24 }
}

/** Runs before and after Node 24, since the age of a run (`1 min ago`) may change meanwhile. */
async function expectSameOutput(project: TestProject, words: readonly string[]): Promise<void> {
  const before = await readOutput(project, words)
  const there = await readOutput(onNode24(project), words)
  const after = await readOutput(project, words)
  expect([before, after]).toContainEqual(there)
}

async function readOutput(project: TestProject, words: readonly string[]) {
  const { code, stdout, stderr } = await runFreshet(project, ...words)
  return {
    words,
    code,
    stderr,
    stdout: stdout.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<instant>"),
  }
}

async function expectSameExport(project: TestProject, format: string): Promise<void> {
  const [here = "", there = ""] = ["here", "there"].map((name) => join(project.folder, name))
  const words = ["data", "export", "user_recs", "--format", format, "--force", "--output"]
  expectDone(await runFreshet(project, ...words, here))
  expectDone(await runFreshet(onNode24(project), ...words, there))
  expect({ format, isSame: readFileSync(there).equals(readFileSync(here)) }).toEqual({
    format,
    isSame: true,
  })
}
