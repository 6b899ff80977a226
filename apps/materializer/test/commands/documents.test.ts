import {
  assetDetailSchema,
  assetListSchema,
  columnsSchema,
  explanationSchema,
  garbageSchema,
  lineageSchema,
  planSchema,
  runDetailSchema,
  runListSchema,
  runSchema,
  simulationSchema,
  statusSchema,
  wipeSchema,
} from "@freshet/services/documents"
import { describe, expect, test } from "vitest"

import { createCollectableProject, lakeFiles } from "../fixtures/collectable-project.ts"
import { createExecutableProject } from "../fixtures/executable-project.ts"
import { runCommand } from "../fixtures/fake-command-line.ts"
import { parseDocument } from "../fixtures/parse-document.ts"
import {
  correctedProject,
  createFailedChecksProject,
  freshProject,
  threeDays,
  unmaterializedProject,
} from "../fixtures/project-states.ts"
import { recordedRunProject } from "../fixtures/recorded-runs.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"
import { createWipeableProject } from "../fixtures/wipeable-project.ts"

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
    ["plan --json", planSchema],
    ["schedule simulate --json", simulationSchema],
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

const failingProject = createExecutableProject(unmaterializedProject, (step) =>
  step === "items 2026-01-03" ? "fails" : "materialized",
)
const rejectingProject = createExecutableProject(unmaterializedProject, (step) =>
  step === "items 2026-01-03" ? "checks_failed" : "materialized",
)
const { project: wipeableProject } = createWipeableProject(2)
const { project: collectableProject } = createCollectableProject(lakeFiles)

test.each([
  ["materialize", createExecutableProject(unmaterializedProject), runSchema],
  ["materialize", createExecutableProject(freshProject), runSchema],
  ["materialize", failingProject, runSchema],
  ["materialize", rejectingProject, runSchema],
  ["backfill items --date 2026-01-03", createExecutableProject(correctedProject), runSchema],
  ["backfill items --date 2026-01-03 --downstream --dry-run", correctedProject, planSchema],
  ["runs list", recordedRunProject, runListSchema],
  ["runs show 2026", recordedRunProject, runDetailSchema],
  ["wipe items --all --dry-run", wipeableProject, wipeSchema],
  ["wipe items --from 2026-01-02 --yes", wipeableProject, wipeSchema],
  ["gc --dry-run", collectableProject, garbageSchema],
  ["gc", collectableProject, garbageSchema],
] as const)("%s --json prints a document of its schema", async (line, project, schema) => {
  const { out } = await runCommand(project, [...line.split(" "), "--json"])
  expect(parseDocument(schema, out)).toEqual(JSON.parse(out))
})
