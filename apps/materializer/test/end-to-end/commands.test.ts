import { appendFile, readdir, readFile } from "node:fs/promises"
import { join } from "node:path"

import {
  assetDetailSchema,
  demoDataSchema,
  diagnosticsSchema,
  explanationSchema,
  quarantineSchema,
  queryResultSchema,
  rowsSchema,
  statusSchema,
} from "@freshet/services/documents"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { parseDocument } from "../fixtures/parse-document.ts"
import {
  type CommandResult,
  expectDone,
  readFreshetJson,
  runFreshet,
  startFreshet,
} from "./freshet-process.ts"
import { openTestProject, type OpenTestProject, withEnvironment } from "./test-project.ts"

let project: OpenTestProject
let materialized: CommandResult

beforeAll(async () => {
  project = openTestProject({ LANG: "C.UTF-8" })
  expectDone(await run("demo-data", "--days", "9", "--json"))
  materialized = await run("materialize")
})

afterAll(() => project.close())

const run = (...words: readonly string[]) => runFreshet(project, ...words)
const start = (...words: readonly string[]) => startFreshet(project, ...words)

function json<T>(...words: readonly string[]): Promise<T> {
  return readFreshetJson(project, ...words)
}

interface Steps {
  readonly steps: readonly { readonly id: string }[]
}

describe("after materializing the newest day", () => {
  test("materialize prints its partitions and publications", () => {
    expectDone(materialized)
    expect(materialized.stdout).toMatch(/^✓ \d+ partitions materialized/)
    expect(materialized.stdout).toContain("✓ Published stocktwits 2026-01-10.")
  })

  test("status prints that all assets are fresh", async () => {
    const { code, stdout, stderr } = await run("status")
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toMatch(/All 80 assets are up to date\..* Published: stocktwits 2026-01-10/)
  })

  test("plan is empty and exits 0 with --exit-code", async () => {
    const { code, stdout } = await run("plan", "--exit-code")
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "Nothing is stale: all requested partitions are fresh.\n",
    })
  })

  test("materialize does nothing", async () => {
    const { code, stdout, stderr } = await run("materialize")
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "Nothing is stale: all requested partitions are fresh.\n",
      stderr: "",
    })
  })

  test("why explains a missing partition", async () => {
    const { stdout } = await run("why", "user_recs", "--partition", "2026-01-05")
    expect(stdout).toMatch(/^◌ user_recs 2026-01-05 is missing\./)
    expect(stdout).toContain("freshet backfill user_recs --date 2026-01-05")
  })

  test("a dry run prints the plan and changes nothing", async () => {
    const words = ["backfill", "user_recs", "--date", "2026-01-06", "--dry-run"] as const
    const { code, stdout, stderr } = await run(...words)
    expect(code).toBe(0)
    expect(stdout).toContain("never materialized")
    expect(stderr).toContain("nothing was executed")
    expect((await run(...words)).stdout).toBe(stdout)
  })

  test("assets, show and lineage print the declarations", async () => {
    expect((await run("assets", "kind:source")).stdout.trimEnd().split("\n")).toHaveLength(19)
    expect((await run("show", "user_recs")).stdout).toContain(
      "publication set stocktwits: contains 2026-01-10",
    )
    expect((await run("lineage", "user_recs")).stdout).toContain("follows (last 7)")
    const mermaid = await run("lineage", "+user_recs", "--format", "mermaid")
    expect(mermaid.stdout).toMatch(/^flowchart LR\n/)
  })

  test("runs list prints runs, and runs show prints the steps of one", async () => {
    const { runs } = await json<{ runs: readonly { id: string; command: string }[] }>(
      "runs",
      "list",
    )
    const first = runs.at(-1)
    expect(first?.command).toBe("freshet materialize")
    const { stdout } = await run("runs", "show", first?.id ?? "")
    expect(stdout).toMatch(/published stocktwits 2026-01-10: [\d,]+ inserted, 0 updated, 0 deleted/)
  })

  test("data head prints rows of an asset and of a source", async () => {
    const head = await json<{ rows: readonly Record<string, unknown>[]; more: boolean }>(
      "data",
      "head",
      "user_recs",
      "--limit",
      "2",
    )
    expect(head.more).toBe(true)
    expect(Object.keys(head.rows[0] ?? {})).toEqual(["user_id", "rec_id", "weight"])
    const source = await run("data", "head", "activity_log", "--limit", "3")
    expect(source.stdout.trimEnd().split("\n")).toHaveLength(4)
  })

  test.each(["csv", "jsonl", "parquet", "arrow"])(
    "data export writes %s to a pipe and to a file",
    async (format) => {
      const output = join(project.home, "..", `users.${format}`)
      const words = ["data", "export", "users", "--format", format] as const
      expectDone(await run(...words, "--output", output))
      const file = await readFile(output)
      expect(file.length).toBeGreaterThan(10_000)
      const piped = await run(...words)
      expect(piped.code).toBe(0)
      expect(Buffer.from(piped.stdout).subarray(0, 4)).toEqual(file.subarray(0, 4))
      const spilled = await readdir(join(project.home, "spill"), { recursive: true })
      expect(spilled.filter((path) => path !== "run")).toEqual([])
    },
  )

  test("data quarantine prints lines with file, number and reason", async () => {
    const { lines } = await json<{ lines: readonly Record<string, unknown>[] }>(
      "data",
      "quarantine",
      "activity_log",
    )
    expect(lines.length).toBeGreaterThan(3)
    expect(lines[0]).toMatchObject({
      file: expect.stringContaining("stocktwits/activity/"),
      line: expect.any(Number),
      reason: expect.any(String),
    })
  })

  test("sql reads assets by name, at a day and for all days", async () => {
    const { rows } = await json<{ rows: readonly unknown[] }>(
      "sql",
      `select (select count(*) from Follows) > 0 as newest, (select count(*) from "follows@all") as every,
        (select count(*) from "follows@2026-01-02") as second, 'user_recs@all' as text -- from likes@all`,
    )
    expect(rows).toEqual([
      {
        newest: true,
        every: expect.any(Number),
        second: expect.any(Number),
        text: "user_recs@all",
      },
    ])
  })

  test.each([
    ["select * from user_rec", "Did you mean `user_recs`?"],
    ['select * from "user_rec@all"', "No asset is named `user_rec`."],
    ["select * from user_recs@2026-01-05", 'in double quotes: "user_recs@2026-01-05"'],
    ['select * from "user_recs@1999-01-01"', "comes before its first day"],
    ["select nothing from user_recs", 'Referenced column "nothing" not found'],
    ["select * from stocktwits.user_recs", "names of assets have no schema"],
  ])("sql reports the error in a query: %s", async (query, message) => {
    const { code, stdout, stderr } = await run("sql", query)
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(stderr).toContain(message)
    expect(stderr.match(/^error: /gm)).toHaveLength(1)
  })

  test("sql --published reads the tables in PostgreSQL and cannot write", async () => {
    const { rows } = await json<{ rows: readonly unknown[] }>(
      "sql",
      "--published",
      "select rec_id, day, weight, weight as weight from stocktwits.user_recs, (select date '2026-01-10' as day) as days order by weight desc, rec_id;",
      "--limit",
      "100",
    )
    expect(rows).toHaveLength(100)
    expect(rows[0]).toMatchObject({ rec_id: expect.any(Number), day: "2026-01-10" })
    expect(Object.keys(rows[0] ?? {})).toEqual(["rec_id", "day", "weight", "weight:1"])
    const [write, two, typo, plain] = await Promise.all([
      run("sql", "--published", "delete from stocktwits.user_recs"),
      run("sql", "--published", "select 1; delete from stocktwits.user_recs"),
      run("sql", "--published", "selec 1"),
      run("sql", "select * from stocktwits.user_recs"),
    ])
    for (const { code, stdout, stderr } of [write, two, typo, plain]) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
      expect(stderr).toMatch(/^error: .*\n {2}.*\n$/)
    }
    expect(two.stderr).toContain("more than one statement")
    expect(typo.stderr).toContain('syntax error at or near "selec"')
    expect(plain.stderr).toContain("freshet sql --published")
    const count = "select count(*) > 0 as kept from stocktwits.user_recs"
    expect(await json("sql", "--published", count)).toMatchObject({ rows: [{ kept: true }] })
  })

  test("doctor finds no problem except quarantined lines", async () => {
    const { code, stdout } = await run("doctor")
    expect(code).toBe(0)
    expect(stdout.match(/^! warn .*$/gm)).toEqual(
      ["activity_log", "metadata_file", "ratings_file"].map((source) =>
        expect.stringMatching(`${source} .* lines quarantined`),
      ),
    )
  })

  test("completion knows commands, flags and assets", async () => {
    expect((await run("completion", "bash")).stdout).toContain("complete -o default -F")
    expect((await run("__complete", "--", "lineage", "+user_rec")).stdout).toBe(
      "+user_recs\n+user_rec_reasons\n",
    )
    expect((await run("__complete", "--", "status", "--ov")).stdout).toBe("--overdue\n")
    expect((await run("__complete", "--", "status", "--la")).stdout).toBe("")
  })

  test.each([
    [statusSchema, ["status"]],
    [explanationSchema, ["why", "user_recs"]],
    [assetDetailSchema, ["show", "user_recs"]],
    [assetDetailSchema, ["show", "genre_earnings"]],
    [rowsSchema, ["data", "head", "user_recs", "--limit", "2"]],
    [rowsSchema, ["data", "head", "genre_earnings"]],
    [rowsSchema, ["data", "head", "activity_log", "--limit", "1"]],
    [queryResultSchema, ["sql", "select * from user_recs", "--limit", "2"]],
    [queryResultSchema, ["sql", "--published", "select * from stocktwits.rooms limit 2"]],
    [quarantineSchema, ["data", "quarantine", "activity_log"]],
    [diagnosticsSchema, ["doctor"]],
    [demoDataSchema, ["demo-data", "--days", "1", "--landing", "elsewhere"]],
    [demoDataSchema, ["demo-data", "--group", "movies", "--landing", "elsewhere"]],
  ])("%#: --json prints a document of its schema", async (schema, words) => {
    const { code, stdout } = await run(...words, "--json")
    expect(code).toBe(0)
    expect(parseDocument(schema, stdout)).toEqual(JSON.parse(stdout))
  })

  test("an unreachable database is exit 8 and one message", async () => {
    const env = { DATABASE_URL: "postgres://nobody:secret@127.0.0.1:1/nothing" }
    const ended = [["status"], ["sql", "--published", "select 1"]].map((words) =>
      runFreshet(withEnvironment(project, env), ...words),
    )
    for (const { code, stdout, stderr } of await Promise.all(ended)) {
      expect({ code, stdout }).toEqual({ code: 8, stdout: "" })
      expect(stderr).toMatch(/^error: No connection to PostgreSQL/)
      expect(stderr).not.toContain("secret")
    }
  })
})

describe("a past day", () => {
  test("is backfilled as of that day, and the published tables stay at the newest day", async () => {
    const { code, stdout } = await run("backfill", "user_recs", "--date", "2026-01-08")
    expect(code).toBe(0)
    expect(stdout).toContain("stay at 2026-01-10, the newest day")
    expect(stdout).toContain("Nothing downstream became stale.")
    const again = await run("backfill", "user_recs", "--date", "2026-01-08")
    expect(again.stdout).toBe("Nothing is stale: all requested partitions are fresh.\n")
  })

  test("with a late line makes all windows that contain it stale, and a backfill names the assets that stay stale", async () => {
    const file = join(project.landing, "stocktwits/activity/2026-01-09.json")
    await appendFile(file, `{"action": "follow", "user_id": 1, "following_user_id": 2}\n`)
    const stale = await run("status", "--stale", "--exit-code")
    expect(stale.code).toBe(5)
    expect(stale.stdout).toContain("user_recs")
    const why = await run("why", "user_recs")
    expect(why.stdout).toContain("activity_log 2026-01-09 changed")
    const { stdout } = await run("backfill", "follows", "--date", "2026-01-09")
    expect(stdout).toContain("downstream became stale")
    expect(stdout).toContain("freshet backfill follows --date 2026-01-09 --downstream")
    const repaired = await run("materialize", "--json")
    expect(repaired.code).toBe(0)
    expect((await json<Steps>("plan")).steps).toEqual([])
  })
})

describe("a run", () => {
  test("prints every event with --jsonl", async () => {
    const words = ["backfill", "user_engagements", "--date", "2026-01-07", "--jsonl"] as const
    const { code, stdout } = await run(...words)
    expect(code).toBe(0)
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string })
    expect(events.at(0)?.kind).toBe("run_started")
    expect(events.at(-1)).toMatchObject({ kind: "run_ended", outcome: "succeeded" })
  })

  test("ends with 130 when interrupted, retains its partitions, and the next run continues", async () => {
    const running = start("materialize", "--from", "2026-01-02", "--to", "2026-01-10")
    await running.waitForOutput(": materialized")
    running.kill("SIGINT")
    const outcome = await running.result
    expect(outcome).toMatchObject({ code: 130, signal: null })
    expect(outcome.stderr).toContain("Stopping")
    expect(outcome.stdout).toContain("Finished partitions are retained; `freshet runs retry ")
    expectDone(await run("materialize", "user_recs", "--from", "2026-01-02"))
  })

  test("runs beside another one", async () => {
    const first = start("materialize", "room_recs", "--from", "2026-01-02", "--to", "2026-01-10")
    await first.waitForOutput(": materialized")
    const second = await run("materialize", "--no-wait")
    expect(second.code).toBe(0)
    expect((await first.result).code).toBe(0)
  })
})
