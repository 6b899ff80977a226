import { FreshetError } from "@freshet/core/engine"
import { errorSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { parseDocument } from "../fixtures/parse-document.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

const project = createTinyProject({ landed: { "2026-01-02": "a" } })

test.each([
  ["why itms --json", "usage", "No asset is named `itms`.", "Did you mean `items`?"],
  ["lineage itms --json", "usage", "No asset is named `itms`.", "Did you mean `items`?"],
  ["lineage itms --format json", "usage", "No asset is named `itms`.", "Did you mean `items`?"],
  ["status --stael --json", "usage", "No flag is called `--stael`.", "Did you mean `--stale`?"],
  ["stats --json", "usage", "No command is called `stats`.", "Did you mean `status`?"],
  ["why --json", "usage", "The asset is missing.", "--help shows the usage of the command."],
])(
  "%s prints an error document, and the sentence on standard error",
  async (line, code, message, hint) => {
    const printed = await runCommand(project, line.split(" "))
    expect(printed.code).toBe(2)
    expect(printed.err).toContain(message)
    const { error } = parseDocument(errorSchema, printed.out)
    expect(error).toMatchObject({ code, message })
    expect(error.hint).toContain(hint)
    expect(error.problems[0]).toMatchObject({ message, hint: error.hint })
  },
)

test("all problems are in the document, and an error without a hint has the same keys", async () => {
  const { out } = await runCommand(project, ["plan", "itms or bst_items", "--json"])
  expect(parseDocument(errorSchema, out).error.problems).toHaveLength(2)
  const services = { withProject: () => Promise.reject(new FreshetError("busy", "It is busy.")) }
  const busy = await runCommand(project, ["status", "--json"], { services })
  expect(busy.code).toBe(7)
  const problem = { kind: "busy", asset: null, message: "It is busy.", hint: null }
  expect(parseDocument(errorSchema, busy.out)).toMatchObject({
    error: { code: "busy", message: "It is busy.", hint: null, problems: [problem] },
  })
})

test("a fault is a document as well, and without --json nothing is on standard output", async () => {
  const services = { withProject: () => Promise.reject(new TypeError("x is not a function")) }
  const { code, out } = await runCommand(project, ["status", "--json"], { services })
  expect(code).toBe(1)
  expect(parseDocument(errorSchema, out).error).toMatchObject({
    code: "fault",
    message: "x is not a function",
  })
  expect((await runCommand(project, ["status"], { services })).out).toBe("")
})
