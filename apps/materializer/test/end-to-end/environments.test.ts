import { rmSync } from "node:fs"
import { join } from "node:path"

import { environmentListSchema } from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import { runFreshet } from "./freshet-process.ts"
import { allDays, days, declarePairs, environmentRows, run, withPairs } from "./pairs.ts"
import { readPublishedRows } from "./published-recs.ts"
import { listStoredFiles } from "./stored-files.ts"

test("an environment has the materializations of the default one, and stores only the files of its changed leaf", async () => {
  await withPairs(async (project) => {
    const files = listStoredFiles(project)
    await run(project, "env", "create", "pr-42")
    expect(await run(project, "--env", "pr-42", "plan", "recs", ...allDays)).toContain("publish s")
    await run(project, "--env", "pr-42", "publish")
    expect(await readPublishedRows(project, environmentRows)).toEqual(["1 3 1"])
    expect(listStoredFiles(project)).toEqual(files)
    await project.declare(declarePairs(10))
    await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
    const newFiles = listStoredFiles(project).filter((file) => !files.includes(file))
    expect(newFiles.map((file) => file.split("/").slice(0, 2).join(" "))).toEqual(
      days.map((day) => `recs ${day}`),
    )
    expect(await readPublishedRows(project, environmentRows)).toEqual(["1 3 10"])
    expect(await readPublishedRows(project)).toEqual(["1 3 1"])
    const list = await run(project, "env", "list", "--json")
    expect(parseDocument(environmentListSchema, list).environments).toMatchObject([
      {
        name: "pr-42",
        materializations: 3,
        files: 3,
        schemas: ["freshet__pr_42", "public__pr_42"],
      },
    ])
    await project.declare(declarePairs())
    expect(await run(project, "materialize", "recs", ...allDays)).toBe(
      "Nothing is stale: all requested partitions are fresh.\n",
    )
  })
})

test("garbage collection spares the files of an environment, and deletes them after it was dropped", async () => {
  await withPairs(async (project) => {
    const files = listStoredFiles(project)
    await run(project, "env", "create", "pr-42")
    await project.declare(declarePairs(10))
    await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
    const allFiles = listStoredFiles(project)
    await project.declare(declarePairs())
    await run(project, "gc", "--grace", "0", "--yes")
    expect(listStoredFiles(project)).toEqual(allFiles)
    const refused = await runFreshet(project, "--env", "pr-42", "gc")
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(
      "The garbage of all environments is collected in the default one.",
    )
    await run(project, "env", "drop", "pr-42", "--yes")
    await run(project, "gc", "--grace", "0", "--yes")
    expect(listStoredFiles(project)).toEqual(files)
    const unknown = await runFreshet(project, "--env", "pr-42", "status")
    expect(unknown.stderr).toContain("There is no environment pr-42.")
    expect(await run(project, "env", "list")).toContain("only the default environment")
  })
})

test("an environment is created again after it was dropped, also with the state file of the first one", async () => {
  await withPairs(async (project) => {
    await run(project, "env", "create", "pr-42")
    await run(project, "--env", "pr-42", "wipe", "recs", "--date", days[0], "--yes")
    await run(project, "--env", "pr-42", "plan", "recs", ...allDays)
    await run(project, "env", "drop", "pr-42", "--yes")
    await run(project, "env", "create", "pr-42")
    const fresh = await run(project, "--env", "pr-42", "plan", "recs", ...allDays)
    expect(fresh).toContain("recs 2026-01-01 to 2026-01-03: fresh")
    rmSync(join(project.home, "environments"), { recursive: true })
    expect(await run(project, "--env", "pr-42", "plan", "recs", ...allDays)).toBe(fresh)
  })
})
