import { execFileSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import { type DeclaredProject, withDeclaredProject } from "../declared-project.ts"
import { expectDone, runFreshet } from "../freshet-process.ts"
import { listStoredFiles } from "../stored-files.ts"

/** Keys that other programs stumble over; some differ by case alone. */
const keys = [
  "a",
  "a,b",
  "a;b|c",
  "x/y",
  "..",
  ".hidden",
  " ",
  "two words",
  "it's",
  '"q"',
  "`id`",
  "$HOME",
  "us",
  "US",
  "Us",
  "é",
  "É",
  "日本",
  "👍",
  "50%",
  "a%2Cb",
  "--all",
  "2026-w02",
  "*",
  "all",
]

/** Keys that no file can be named by are written as in a URL. */
function landKey(project: DeclaredProject, key: string, n: number): void {
  const name = /[/]|^\./.test(key) ? encodeURIComponent(key).replaceAll(".", "%2E") : key
  project.land(`numbers/${name}.json`, `{"n":${n}}\n`)
}

function numbers(least = 0): string {
  return `
    import { all, int64, sourceAsset, sql, sqlAsset, staticKeys } from "@freshet/core"
    const common = {
      group: "g",
      partitions: staticKeys(${JSON.stringify(keys)}),
      columns: { n: int64("A number.") },
    }
    const numbers = sourceAsset({
      ...common, name: "numbers", description: "Numbers.", format: { kind: "json_lines" },
      path: "numbers/{partition}.json",
    })
    const kept = sqlAsset({
      ...common, name: "kept", description: "Those kept.",
      query: sql\`select n from \${numbers} where n >= ${least}\`,
    })
    const next = sqlAsset({
      ...common, name: "next", description: "One more.",
      query: sql\`select n + 1 as n from \${kept}\`,
    })
    export const assets = [numbers, kept, next]`
}

/** Runs `work` with a project in which every key is materialized. */
function withKeys(work: (project: DeclaredProject) => Promise<void>): Promise<void> {
  return withDeclaredProject(numbers(), async (project) => {
    for (const [at, key] of keys.entries()) landKey(project, key, at)
    expectDone(await runFreshet(project, "materialize"))
    await work(project)
  })
}

async function jsonOf(project: DeclaredProject, ...words: readonly string[]) {
  const ended = await runFreshet(project, ...words, "--json")
  expect(ended.stderr).toBe("")
  return JSON.parse(ended.stdout)
}

test("every key has its own rows, in a folder of its own on case-insensitive disks too (complaint 37)", async () => {
  await withKeys(async (project) => {
    for (const asset of ["kept", "next"]) {
      const folders = readdirSync(join(project.lake, asset))
      expect(folders).toHaveLength(keys.length)
      expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(keys.length)
    }
    expect(listStoredFiles(project)).toHaveLength(2 * keys.length)
    const heads = await Promise.all(
      keys.slice(0, 14).map((key) => jsonOf(project, "data", "head", "next", `--partition=${key}`)),
    )
    expect(heads.map(({ rows }) => rows)).toEqual(heads.map((_, at) => [{ n: at + 1 }]))
    const few = ["US", "us", '"q"', "it's", "a,b"]
    const queried = await Promise.all(
      few.map((key) => jsonOf(project, "sql", `select n from "next@${key.replaceAll('"', '""')}"`)),
    )
    expect(queried.map(({ rows }) => rows)).toEqual(
      few.map((key) => [{ n: keys.indexOf(key) + 1 }]),
    )
    const both = await runFreshet(project, "sql", 'select * from "next@US", "next@us"')
    expect(both.code).toBe(2)
    expect(both.stderr).toContain("differ in case alone")
    const rest = await jsonOf(project, "sql", 'select n from "next@all" order by n')
    expect(rest.rows).toEqual(keys.map((_, at) => ({ n: at + 1 })))
    const { summary } = await jsonOf(project, "status")
    expect(summary).toMatchObject({ assets: 2, fresh: 2 })
    const verified = await runFreshet(project, "verify", "--sample", "100%")
    expectDone(verified)
    expect(verified.stdout).toContain(`${2 * keys.length} of ${2 * keys.length} partitions`)
    expectDone(await runFreshet(project, "verify", "--files"))
  })
})

test("a single key is stale, explained, materialized, wiped and deleted (complaint 37)", async () => {
  await withKeys(async (project) => {
    const odd = ["x/y", "US", "..", "it's", "--all", "a,b"]
    for (const [at, key] of odd.entries()) {
      landKey(project, key, 100 + at)
      const named = `--partition=${key}`
      const { assets } = await jsonOf(project, "status", "next")
      expect(assets[0]).toMatchObject({
        newest_partition: key,
        partitions: { fresh: keys.length - 1, stale: 1 },
      })
      const { roots, command } = await jsonOf(project, "why", "next")
      expect(roots).toMatchObject([{ asset: "kept", partitions: [{ from: key, to: key }] }])
      const words = typed(command)
      expect(words).toEqual(
        key === "--all" ? ["backfill", "next", named] : ["backfill", "next", "--partition", key],
      )
      const { steps } = await jsonOf(project, "plan", "next", named)
      expect(steps.map(({ partitions }: { partitions: unknown }) => partitions)).toEqual([
        [{ from: key, to: key }],
        [{ from: key, to: key }],
      ])
      expectDone(await runFreshet(project, ...words))
      expect(await jsonOf(project, "data", "head", "next", named)).toMatchObject({
        rows: [{ n: 101 + at }],
      })
    }
    expect((await runFreshet(project, "plan", "--exit-code")).code).toBe(0)
    const before = listStoredFiles(project)
    expect(before).toHaveLength(2 * keys.length + 2 * odd.length)
    for (const key of odd)
      expect(await jsonOf(project, "wipe", "next", `--partition=${key}`, "--yes")).toMatchObject({
        partitions: [{ from: key, to: key }],
        materializations: 2,
      })
    expectDone(await runFreshet(project, "gc", "--grace", "0"))
    expect(listStoredFiles(project)).toHaveLength(2 * keys.length)
    expectDone(
      await runFreshet(project, "backfill", "next", "--partition", "us", "--inputs", "recorded"),
    )
    expectDone(await runFreshet(project, "materialize"))
    expectDone(await runFreshet(project, "verify", "--files"))
    expect(existsSync(join(project.lake, "..", "y"))).toBe(false)
  })
})

/** The words of a command after its name, as a shell takes them. */
function typed(command: string): readonly string[] {
  const text = execFileSync("sh", ["-c", `freshet() { printf '%s\\n' "$@"; }; ${command}`])
  return text.toString().trimEnd().split("\n")
}

test("assets are selected by the cause of their staleness: edited, landed again, or upstream (complaint 20)", async () => {
  await withKeys(async (project) => {
    const selected = async (...words: readonly string[]) => {
      const { assets } = await jsonOf(project, "status", ...words)
      return assets.map(({ name }: { name: string }) => name)
    }
    expect(await selected("status:stale")).toEqual([])
    landKey(project, "us", 1000)
    expect(await selected("stale:input")).toEqual(["kept"])
    expect(await selected("stale:upstream")).toEqual(["next"])
    expect(await selected("stale:code")).toEqual([])
    expect(await selected("stale:input+")).toEqual(["kept", "next"])
    await project.declare(numbers(1))
    expect(await selected("stale:code")).toEqual(["kept"])
    const { targets } = await jsonOf(project, "plan", "stale:code")
    expect(targets.map(({ asset }: { asset: string }) => asset)).toEqual(["kept"])
    const wrong = await runFreshet(project, "status", "stale:cod")
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toBe("error: No cause is called `cod`.\n  Did you mean `code`?\n")
    const proposed = await runFreshet(project, "__complete", "--", "status", "stale:")
    expect(proposed.stdout).toBe("stale:code\nstale:input\nstale:upstream\n")
    expect((await runFreshet(project, "__complete", "--", "plan", "sta")).stdout).toBe(
      "status:\nstale:\n",
    )
    expectDone(await runFreshet(project, "materialize", "stale:code+"))
    expect(await selected("stale:code or stale:input or stale:upstream")).toEqual([])
  })
})
