import {
  assetDetailSchema,
  assetListSchema,
  columnsSchema,
  explanationSchema,
  lineageSchema,
  statusSchema,
} from "@freshet/services/documents"
import { describe, expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { parseDocument } from "../fixtures/parse-document.ts"
import {
  correctedProject,
  createFailedChecksProject,
  freshProject,
  threeDays,
  unmaterializedProject,
} from "../fixtures/project-states.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

describe.each([
  ["an empty project", createTinyProject({ landed: {} })],
  ["an unmaterialized project", unmaterializedProject],
  ["a fresh project", freshProject],
  ["a corrected project", correctedProject],
  ["a failed project", createTinyProject({ landed: threeDays, failed: ["2026-01-04"] })],
  ["a project with failed checks", createFailedChecksProject(["unique(item)", "not_null"])],
])("%s", (_state, project) => {
  test.each([
    ["status --json", statusSchema],
    ["assets --json", assetListSchema],
    ["lineage --format json", lineageSchema],
    ["lineage items --format json", lineageSchema],
    ["data schema items --json", columnsSchema],
    ["show orders --json", assetDetailSchema],
    ["show items --json", assetDetailSchema],
    ["show best_items --json", assetDetailSchema],
  ])("%s prints a document of its schema", async (line, schema) => {
    const { code, out } = await runCommand(project, line.split(" "))
    expect(code).toBe(0)
    expect(parseDocument(schema, out)).toEqual(JSON.parse(out))
  })
})

test.each([
  [unmaterializedProject, "why best_items"],
  [freshProject, "why best_items"],
  [correctedProject, "why best_items"],
  [correctedProject, "why items --partition 2026-01-03"],
  [createFailedChecksProject(["unique(item)"]), "why best_items"],
  [createFailedChecksProject(["unique(item)"]), "show items --partition 2026-01-04"],
])("%#: %s prints a document of its schema", async (project, line) => {
  const { code, out } = await runCommand(project, [...line.split(" "), "--json"])
  expect(code).toBe(0)
  const schema = line.startsWith("why") ? explanationSchema : assetDetailSchema
  expect(parseDocument(schema, out)).toEqual(JSON.parse(out))
})
