import { readdirSync, readFileSync } from "node:fs"

import { expect, test } from "vitest"

import { createExecutableProject } from "../fixtures/executable-project.ts"
import { type CommandOutput, runCommand } from "../fixtures/fake-command-line.ts"
import { correctedProject } from "../fixtures/project-states.ts"
import { recordedRunProject } from "../fixtures/recorded-runs.ts"

const goldenFolder = new URL("golden/", import.meta.url)
const usageCode = 2
const recordedRun = "20260105-110000-abcdef"

/** Lists the command lines in backquotes, without `freshet`. */
function listHints(text: string): readonly string[] {
  return [...text.matchAll(/`freshet ([^`]+)`/g)].map(([, hint = ""]) => hint)
}

/** Lists the outputs of a golden file, without the pages of help. */
function listOutputs(name: string): readonly string[] {
  const transcript = readFileSync(new URL(name, goldenFolder), "utf8")
  return transcript
    .split(/^\$ /m)
    .filter((part) => !/^.* --help$/m.test(part.split("\n", 1)[0] ?? ""))
}

/** Runs a command line over a project without a process; a run that another command started is the recorded one. */
function runLine(line: string): Promise<CommandOutput> {
  const project = line.startsWith("runs ")
    ? recordedRunProject
    : createExecutableProject(correctedProject)
  return runCommand(project, line.replace(/\d{8}-\d{6}-[0-9a-f]{6}/, recordedRun).split(" "))
}

const goldenFiles = readdirSync(goldenFolder).filter((name) => name !== "freshet.txt")
const goldenHints = [...new Set(goldenFiles.flatMap(listOutputs).flatMap(listHints))]

test("golden outputs print hints", () => {
  expect(goldenHints).toContain("materialize")
  expect(goldenHints).toContain("data quarantine orders")
})

test.each(goldenHints)("the hint `freshet %s` of a golden output is not refused", async (hint) => {
  const { code, err } = await runLine(hint)
  expect({ code, err }).not.toMatchObject({ code: usageCode })
})

/** Command lines that are refused with the command line to type instead. */
const refusedLines = [
  "why orders",
  "data quarantine items",
  "materialize orders",
  "backfill orders --date 2026-01-03",
  "verify orders",
  "wipe orders --date 2026-01-03 --yes",
]

test.each(refusedLines)(
  "`freshet %s` is refused, the line that its hint names is not",
  async (line) => {
    const { code, err } = await runLine(line)
    expect({ code, err }).toMatchObject({ code: usageCode })
    const hints = listHints(err)
    expect(hints).toHaveLength(1)
    expect(await runLine(hints.join(" "))).toMatchObject({ code: 0 })
  },
)
