import { cpSync, existsSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"

import {
  diffSchema,
  environmentDiffSchema,
  environmentListSchema,
} from "@freshet/services/documents"
import { expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import { runFreshet, startFreshet } from "./freshet-process.ts"
import { killAtLock } from "./kill-at-lock.ts"
import {
  allDays,
  days,
  declarePairs,
  environmentRows,
  run,
  withLandedPairs,
  withPairs,
} from "./pairs.ts"
import { landRaw, readPublishedRows } from "./published-recs.ts"
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
    for (const table of ["recs", "public.recs"]) {
      const query = ["sql", "--published", `select n from ${table}`, "--csv"]
      expect(await run(project, "--env", "pr-42", ...query)).toBe("n\n10\n")
      expect(await run(project, ...query)).toBe("n\n1\n")
    }
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

test("an environment is created again after it was dropped, also on a machine with the state file of the first one", async () => {
  await withPairs(async (project) => {
    await run(project, "env", "create", "pr-42")
    await run(project, "--env", "pr-42", "wipe", "recs", "--date", days[0], "--yes")
    await run(project, "--env", "pr-42", "plan", "recs", ...allDays)
    const folder = join(project.home, "environments", "pr-42")
    cpSync(folder, `${folder} copy`, { recursive: true })
    await run(project, "env", "drop", "pr-42", "--yes")
    expect(existsSync(folder)).toBe(false)
    renameSync(`${folder} copy`, folder)
    await run(project, "env", "create", "pr-42")
    const fresh = await run(project, "--env", "pr-42", "plan", "recs", ...allDays)
    expect(fresh).toContain("recs 2026-01-01 to 2026-01-03: fresh")
    rmSync(join(project.home, "environments"), { recursive: true })
    expect(await run(project, "--env", "pr-42", "plan", "recs", ...allDays)).toBe(fresh)
  })
})

test("a run reuses what another environment materialized with the same code and inputs, and writes no file", async () => {
  await withPairs(async (project) => {
    await run(project, "env", "create", "pr-42")
    landRaw(project, "2026-01-04", 4)
    await run(project, "materialize", "recs")
    const files = listStoredFiles(project)
    const inEnvironment = await run(project, "--env", "pr-42", "materialize", "recs")
    expect(inEnvironment).toContain("0 rows; 2 reused")
    expect(await readPublishedRows(project, environmentRows)).toEqual(["1 4 1"])
    await project.declare(declarePairs(10))
    await run(project, "--env", "pr-42", "materialize", "recs")
    const allFiles = listStoredFiles(project)
    expect(allFiles).toHaveLength(files.length + 1)
    const inDefault = await run(project, "materialize", "recs")
    expect(inDefault).toContain("0 rows; 1 reused")
    expect(await readPublishedRows(project)).toEqual(["1 4 10"])
    expect(listStoredFiles(project)).toEqual(allFiles)
    const nothingStale = "Nothing is stale: all requested partitions are fresh.\n"
    expect(await run(project, "materialize", "recs")).toBe(nothingStale)
    rmSync(join(project.home, "histories"))
    expect(await run(project, "materialize", "recs")).toBe(nothingStale)
  })
})

test("a lost file of another environment is not reused: the step computes its rows", async () => {
  await withPairs(async (project) => {
    const files = listStoredFiles(project)
    await run(project, "env", "create", "pr-42")
    await project.declare(declarePairs(10))
    await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
    const newFile = listStoredFiles(project).findLast((file) => !files.includes(file)) ?? ""
    rmSync(join(project.lake, newFile))
    await run(project, "materialize", "recs", ...allDays)
    expect(await readPublishedRows(project)).toEqual(["1 3 10"])
    expect(await run(project, "verify", "--files")).toContain("no differences")
  })
})

test("the difference of an environment has the partitions with other rows, and the rows by key", async () => {
  await withPairs(async (project) => {
    await run(project, "env", "create", "pr-42")
    expect(await run(project, "env", "diff", "pr-42")).toContain("are those of the default")
    await project.declare(declarePairs(10))
    await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
    landRaw(project, "2026-01-04", 4)
    await run(project, "--env", "pr-42", "materialize", "pairs", "--date", "2026-01-04")
    const difference = parseDocument(
      environmentDiffSchema,
      await run(project, "env", "diff", "pr-42", "--json"),
    )
    expect(difference.assets).toMatchObject([
      { asset: "pairs", changed: { count: 0 }, added: { count: 1 }, removed: { count: 0 } },
      { asset: "recs", changed: { count: 3 }, added: { count: 0 }, removed: { count: 0 } },
    ])
    const words = ["env", "diff", "pr-42", "recs", "--partition", days[0], "--key", "u,r", "--json"]
    const rows = parseDocument(diffSchema, await run(project, ...words))
    expect(rows).toMatchObject({ changed: 1, added: 0, removed: 0 })
    expect(rows.rows).toMatchObject([{ from: { n: 1 }, to: { n: 10 } }])
    const missing = await runFreshet(project, "env", "diff", "pr-42", "pairs")
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain("Only one of the environments has rows")
  })
})

test("an environment whose creation was killed is not used, and is created from the beginning", async () => {
  await withPairs(async (project) => {
    await killAtLock(project, { table: "recs" }, "env", "create", "pr-42")
    const unready = await runFreshet(project, "--env", "pr-42", "status")
    expect(unready.code).toBe(2)
    expect(unready.stderr).toContain("The environment pr-42 is not complete.")
    await run(project, "env", "create", "pr-42")
    await run(project, "--env", "pr-42", "publish")
    expect(await readPublishedRows(project, environmentRows)).toEqual(["1 3 1"])
  })
})

test("an environment that is created while runs commit has what they had committed at one instant", async () => {
  await withLandedPairs(async (project) => {
    const running = startFreshet(project, "materialize", "recs", ...allDays)
    await run(project, "env", "create", "pr-42")
    expect((await running.result).code).toBe(0)
    const files = listStoredFiles(project)
    const outcome = await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
    expect(outcome).not.toMatch(/[1-9] rows/)
    expect(listStoredFiles(project)).toEqual(files)
    expect(await readPublishedRows(project, environmentRows)).toEqual(["1 3 1"])
  })
})
