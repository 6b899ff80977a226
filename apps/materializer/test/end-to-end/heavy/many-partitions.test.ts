import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { withLedgerConnection } from "@freshet/io"
import { expect, test } from "vitest"

import { type DeclaredProject, withDeclaredProject } from "../declared-project.ts"
import { type CommandResult, startFreshet } from "../freshet-process.ts"

const common = `
  import {
    daily, hourly, int64, last, sourceAsset, sql, sqlAsset, staticKeys, unpartitioned,
  } from "@freshet/core"
  const columns = { n: int64("A number.") }
  const format = { kind: "json_lines" }
  const source = (name, partitions, path) =>
    sourceAsset({ group: "g", name, description: name, partitions, columns, format, path, whenMissing: "gap" })
  const asset = (name, partitions, query) =>
    sqlAsset({ group: "g", name, description: name, partitions, columns, query })`

/** 36,000 users, each with a partition of its own. */
const users = `${common}
  const partitions = staticKeys(Array.from({ length: 36_000 }, (_, at) => "user " + at))
  const numbers = source("numbers", unpartitioned, "numbers.json")
  const users = asset("users", partitions, sql\`select n from \${numbers}\`)
  const scores = asset("scores", partitions, sql\`select n from \${users}\`)
  export const assets = [numbers, users, scores]`

/** Declares assets of a source that is empty between its first and last landed file. */
function declareChain(partitions: string): string {
  return `${common}
    const partitions = ${partitions}
    const raw = source("raw", partitions, "raw/{partition}.json")
    const plain = asset("plain", partitions, sql\`select n from \${raw}\`)
    const rolling = asset("rolling", partitions, sql\`select n from \${last(7, plain)}\`)
    export const assets = [raw, plain, rolling]`
}

interface Measured extends CommandResult {
  /** The most memory that the process took, in MB. */
  readonly mb: number
}

/** Limits for any number of partitions: some screens of text, and the memory of a small program. */
const [mostText, mostMb] = [10_000, 400]

/** Runs the command, which must succeed within the limits. */
async function measured(project: DeclaredProject, ...words: readonly string[]): Promise<Measured> {
  const program = join(project.folder, "measured.mjs")
  writeFileSync(
    program,
    `import { writeFileSync } from "node:fs"
    process.on("exit", () => {
      writeFileSync("used", String(process.resourceUsage().maxRSS / 1024))
    })
    await import("./freshet.mjs")`,
  )
  const ended = await startFreshet({ ...project, program }, ...words).result
  const mb = Number(readFileSync(join(project.folder, "used"), "utf8"))
  const problem = ended.code === 0 ? "" : ended.stdout + ended.stderr
  expect({ words, problem }).toEqual({ words, problem: "" })
  expect({ words, isShort: ended.stdout.length < mostText }).toEqual({ words, isShort: true })
  expect({ words, mb, isSmall: mb < mostMb }).toEqual({ words, mb, isSmall: true })
  return { ...ended, mb }
}

async function jsonOf(project: DeclaredProject, ...words: readonly string[]) {
  return JSON.parse((await measured(project, ...words, "--json")).stdout)
}

test("a few of 36,000 keys are materialized, listed, explained and wiped (complaint 39)", async () => {
  await withDeclaredProject(users, async (project) => {
    project.land("numbers.json", '{"n":7}\n')
    const { targets } = await jsonOf(project, "plan", "scores", "--partition", "user 35999")
    expect(targets).toMatchObject([{ partitions: [{ from: "user 35999", to: "user 35999" }] }])
    const whole = await jsonOf(project, "plan", "+scores")
    expect(whole.steps.map(({ count }: { count: number }) => count)).toEqual([36_000, 36_000])
    const made = ["user 0", "user 7", "user 17000", "user 35999"]
    for (const key of made) await measured(project, "backfill", "scores", "--partition", key)

    const { assets } = await jsonOf(project, "status", "scores")
    expect(assets).toMatchObject([{ partitions: { fresh: 4, missing: 35_996 } }])
    const plan = await measured(project, "plan", "scores")
    expect(plan.stdout).toContain(
      '"user 1", "user 2", "user 3", "user 4", "user 5", "user 6" and 35,990 more',
    )
    const why = await measured(project, "why", "scores")
    expect(why.stdout).toContain('scores "user 1" is missing.')
    expect(why.stdout).toMatch(/\n {2}freshet backfill scores --partition 'user 1'\n$/)
    const again = await measured(
      project,
      "backfill",
      "scores",
      "--partition",
      "user 7",
      "--inputs",
      "recorded",
    )
    expect(again.stdout).toContain(`scores "user 7": same rows`)
    const head = await jsonOf(project, "data", "head", "scores", "--partition", "user 35999")
    expect(head.rows).toEqual([{ n: 7 }])
    const verified = await measured(project, "verify", "--sample", "100%")
    expect(verified.stdout).toContain("8 of 8 partitions of 2 assets")
    expect(await jsonOf(project, "wipe", "users", "--all", "--yes")).toMatchObject({
      materializations: 4,
      becomes_stale: [{ computation: "scores", count: 4 }],
      readers: [{ asset: "scores", count: 4 }],
    })
  })
})

test.each([
  ["40,086 days", `daily({ start: "1917-01-01" })`, ["1917-01-01", "2026-10-01"], 40_086],
  [
    "102,985 hours",
    `hourly({ start: "2015-01-01T00" })`,
    ["2015-01-01T00", "2026-10-01T00"],
    102_985,
  ],
  [
    "1,005,889 hours",
    `hourly({ start: "1912-01-01T00" })`,
    ["1912-01-01T00", "2026-10-01T00"],
    1_005_889,
  ],
])(
  "%s are planned, printed and explained in a few ranges (complaints 32 to 35)",
  async (_, partitions, [first = "", newest = ""], total) => {
    await withDeclaredProject(declareChain(partitions), async (project) => {
      for (const key of [first, newest]) project.land(`raw/${key}.json`, '{"n":7}\n')
      const everything = ["plan", "rolling", "--from", first]
      const whole = await jsonOf(project, ...everything)
      expect(whole.steps).toMatchObject(
        ["plain", "rolling"].map((computation) => ({
          computation,
          count: total,
          partitions: [{ from: first, to: newest }],
        })),
      )
      const day = "2020-06-01"
      const key = newest.length > day.length ? `${day}T05` : day
      await measured(project, "backfill", "rolling", "--partition", key)
      const { assets } = await jsonOf(project, "status", "plain", "rolling")
      expect(assets).toMatchObject([
        { partitions: { total, fresh: 7, missing: total - 7 } },
        { partitions: { total, fresh: 1, missing: total - 1 } },
      ])
      const left = await jsonOf(project, ...everything)
      expect(left.steps.map(({ partitions: of }: { partitions: unknown[] }) => of.length)).toEqual([
        2, 2,
      ])
      for (const words of [["status"], everything, ["why", "rolling"], ["runs"]])
        expect((await measured(project, ...words)).stdout.split("\n").length).toBeLessThan(20)
      expect(await jsonOf(project, "wipe", "plain", "--all", "--yes")).toMatchObject({
        materializations: 7,
        becomes_stale: [{ computation: "rolling", count: 1 }],
      })
    })
  },
)

test("a hundred thousand materializations are wiped at once (complaint 38)", async () => {
  await withDeclaredProject(declareChain(`hourly({ start: "1912-01-01T00" })`), async (project) => {
    for (const key of ["1912-01-01T00", "2026-10-01T00"])
      project.land(`raw/${key}.json`, '{"n":7}\n')
    await measured(project, "materialize", "plain")
    await project.withDatabase((url) =>
      withLedgerConnection(url, async (client) => {
        await client.query(`
          insert into freshet.materializations (asset, partition, code_version, input_version,
            fingerprint, data_version, file, rows, bytes, duration_ms, recorded_at, check_version,
            failed_errors, failed_warnings, step, last_step)
          select asset, partition - hours, code_version, input_version, fingerprint, data_version,
            file, rows, bytes, duration_ms, recorded_at, check_version, failed_errors,
            failed_warnings, step, last_step
          from freshet.materializations, generate_series(1, 99999) as hours`)
        await client.query("update freshet.identity set epoch = epoch + 1")
      }),
    )
    const { assets } = await jsonOf(project, "status", "plain")
    expect(assets[0].partitions).toMatchObject({ missing: 905_889 })
    const went = await jsonOf(project, "wipe", "plain", "--all", "--yes")
    expect(went).toMatchObject({ materializations: 100_000, count: 100_000, files: 1 })
    expect(went.partitions).toHaveLength(1)
    const after = await jsonOf(project, "status", "plain")
    expect(after.assets[0].partitions).toMatchObject({ missing: 1_005_889 })
  })
})
