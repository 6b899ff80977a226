import { appendFile, readdir, readFile } from "node:fs/promises"
import { join } from "node:path"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import {
  expectCode,
  createCommandPlace,
  type CommandResult,
  type CommandPlace,
} from "./command-place.ts"

let place: CommandPlace
let made: CommandResult

beforeAll(async () => {
  place = await createCommandPlace()
  expectCode(await place.freshet("demo-data", "--days", "9", "--json"), 0)
  made = await place.freshet("materialize")
})

afterAll(() => place.remove())

async function json<T>(...words: readonly string[]): Promise<T> {
  const outcome = await place.freshet(...words, "--json")
  expectCode(outcome, 0)
  return JSON.parse(outcome.out) as T
}

interface Steps {
  readonly steps: readonly { readonly id: string }[]
}

describe("after everything was made for the newest day", () => {
  test("materialize has told what it made and published", () => {
    expectCode(made, 0)
    expect(made.out).toMatch(/^✓ \d+ partitions made/)
    expect(made.out).toContain("✓ Published stocktwits 2026-01-10.")
  })

  test("status says so", async () => {
    const { code, out, err } = await place.freshet("status")
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatch(/All 54 assets are up to date; 6 late\..* Published: stocktwits 2026-01-10/)
  })

  test("plan is empty and exits 0 with --exit-code", async () => {
    const { code, out } = await place.freshet("plan", "--exit-code")
    expect({ code, out }).toEqual({
      code: 0,
      out: "Nothing is stale: everything asked for is up to date.\n",
    })
  })

  test("materialize does nothing", async () => {
    const { code, out, err } = await place.freshet("materialize")
    expect({ code, out, err }).toEqual({
      code: 0,
      out: "Nothing is stale: everything asked for is up to date.\n",
      err: "",
    })
  })

  test("why tells of a day that was never made what it lacks", async () => {
    const { out } = await place.freshet("why", "user_recs", "--partition", "2026-01-05")
    expect(out).toMatch(/^◌ user_recs 2026-01-05 was never made\./)
    expect(out).toContain("freshet backfill user_recs --date 2026-01-05")
  })

  test("a dry run prints the plan and leaves everything as it is", async () => {
    const words = ["backfill", "user_recs", "--date", "2026-01-06", "--dry-run"] as const
    const { code, out, err } = await place.freshet(...words)
    expect(code).toBe(0)
    expect(out).toContain("never made")
    expect(err).toContain("nothing was done")
    expect((await place.freshet(...words)).out).toBe(out)
  })

  test("assets, show and lineage tell what is declared", async () => {
    expect((await place.freshet("assets", "kind:source")).out.trimEnd().split("\n")).toHaveLength(
      10,
    )
    expect((await place.freshet("show", "user_recs")).out).toContain("shows 2026-01-10")
    expect((await place.freshet("lineage", "user_recs")).out).toContain("follows (last 7)")
    const mermaid = await place.freshet("lineage", "+user_recs", "--format", "mermaid")
    expect(mermaid.out).toMatch(/^flowchart LR\n/)
  })

  test("runs lists what was run, and runs show its steps", async () => {
    const { runs } = await json<{ runs: readonly { id: string; command: string }[] }>(
      "runs",
      "list",
    )
    const first = runs.at(-1)
    expect(first?.command).toBe("freshet materialize")
    const { out } = await place.freshet("runs", "show", first?.id ?? "")
    expect(out).toMatch(/published stocktwits 2026-01-10: [\d,]+ inserted, 0 updated, 0 deleted/)
  })

  test("data head shows rows of an asset and of a source", async () => {
    const head = await json<{ rows: readonly Record<string, unknown>[]; more: boolean }>(
      "data",
      "head",
      "user_recs",
      "--limit",
      "2",
    )
    expect(head.more).toBe(true)
    expect(Object.keys(head.rows[0] ?? {})).toEqual(["user_id", "rec_id", "weight"])
    const source = await place.freshet("data", "head", "activity_log", "--limit", "3")
    expect(source.out.trimEnd().split("\n")).toHaveLength(4)
  })

  test.each(["csv", "jsonl", "parquet", "arrow"])(
    "data export writes %s to a pipe and to a file",
    async (format) => {
      const output = join(place.home, "..", `users.${format}`)
      const words = ["data", "export", "users", "--format", format] as const
      expectCode(await place.freshet(...words, "--output", output), 0)
      const file = await readFile(output)
      expect(file.length).toBeGreaterThan(10_000)
      const piped = await place.freshet(...words)
      expect(piped.code).toBe(0)
      expect(Buffer.from(piped.out).subarray(0, 4)).toEqual(file.subarray(0, 4))
      expect(await readdir(join(place.home, "spill"))).toEqual([])
    },
  )

  test("data quarantine shows lines with file, number and reason", async () => {
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

  test("sql reads assets by name, by day and all days", async () => {
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
    ["select * from stocktwits.user_recs", "assets are named without a schema"],
  ])("sql says what is wrong with a query: %s", async (query, message) => {
    const { code, out, err } = await place.freshet("sql", query)
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toContain(message)
    expect(err.match(/^error: /gm)).toHaveLength(1)
  })

  test("sql --published reads the tables in PostgreSQL, and can do nothing else", async () => {
    const { rows } = await json<{ rows: readonly unknown[] }>(
      "sql",
      "--published",
      "select rec_id, day, weight, weight as weight from stocktwits.user_recs, (select date '2026-01-10' as day) as days order by weight desc, rec_id;",
    )
    expect(rows).toHaveLength(100)
    expect(rows[0]).toMatchObject({ rec_id: expect.any(Number), day: "2026-01-10" })
    expect(Object.keys(rows[0] ?? {})).toEqual(["rec_id", "day", "weight", "weight:1"])
    const [write, two, typo, plain] = await Promise.all([
      place.freshet("sql", "--published", "delete from stocktwits.user_recs"),
      place.freshet("sql", "--published", "select 1; delete from stocktwits.user_recs"),
      place.freshet("sql", "--published", "selec 1"),
      place.freshet("sql", "select * from stocktwits.user_recs"),
    ])
    for (const { code, out, err } of [write, two, typo, plain]) {
      expect({ code, out }).toEqual({ code: 2, out: "" })
      expect(err).toMatch(/^error: .*\n {2}.*\n$/)
    }
    expect(two.err).toContain("more than one statement")
    expect(typo.err).toContain('syntax error at or near "selec"')
    expect(plain.err).toContain("freshet sql --published")
    const count = "select count(*) > 0 as kept from stocktwits.user_recs"
    expect(await json("sql", "--published", count)).toMatchObject({ rows: [{ kept: true }] })
  })

  test("doctor finds everything in order but the quarantined lines", async () => {
    const { code, out } = await place.freshet("doctor")
    expect(code).toBe(0)
    expect(out.match(/^! warn .*$/gm)).toEqual(
      ["activity_log", "metadata_file", "ratings_file"].map((source) =>
        expect.stringMatching(`${source} .* lines quarantined`),
      ),
    )
  })

  test("completion knows commands, flags and assets", async () => {
    expect((await place.freshet("completion", "bash")).out).toContain("complete -o default -F")
    expect((await place.freshet("__complete", "--", "lineage", "+user_rec")).out).toBe(
      "+user_recs\n+user_rec_reasons\n",
    )
    expect((await place.freshet("__complete", "--", "status", "--la")).out).toBe("--late\n")
  })

  test("a database that is not there is exit 8 and one message", async () => {
    const env = { DATABASE_URL: "postgres://nobody:secret@127.0.0.1:1/nothing" }
    const ended = [["status"], ["sql", "--published", "select 1"]].map(
      (words) => place.spawn(words, env).result,
    )
    for (const { code, out, err } of await Promise.all(ended)) {
      expect({ code, out }).toEqual({ code: 8, out: "" })
      expect(err).toMatch(/^error: No connection to PostgreSQL/)
      expect(err).not.toContain("secret")
    }
  })
})

describe("a past day", () => {
  test("is backfilled as of itself, and the published tables stay at the newest day", async () => {
    const { code, out } = await place.freshet("backfill", "user_recs", "--date", "2026-01-08")
    expect(code).toBe(0)
    expect(out).toContain("show 2026-01-10, the newest day")
    expect(out).toContain("Nothing downstream became stale.")
    const again = await place.freshet("backfill", "user_recs", "--date", "2026-01-08")
    expect(again.out).toBe("Nothing is stale: everything asked for is up to date.\n")
  })

  test("with a late line is stale with everything whose window holds it, and backfill names what it leaves", async () => {
    const file = join(place.landing, "stocktwits/activity/2026-01-09.json")
    await appendFile(file, `{"action": "follow", "user_id": 1, "following_user_id": 2}\n`)
    const stale = await place.freshet("status", "--stale", "--exit-code")
    expect(stale.code).toBe(5)
    expect(stale.out).toContain("user_recs")
    const why = await place.freshet("why", "user_recs")
    expect(why.out).toContain("activity_log 2026-01-09 changed")
    const { out } = await place.freshet("backfill", "follows", "--date", "2026-01-09")
    expect(out).toContain("downstream became stale")
    expect(out).toContain("freshet backfill follows --date 2026-01-09 --downstream")
    const mended = await place.freshet("materialize", "--json")
    expect(mended.code).toBe(0)
    expect((await json<Steps>("plan")).steps).toEqual([])
  })
})

describe("a run", () => {
  test("as JSON lines gives every event", async () => {
    const words = ["backfill", "user_engagements", "--date", "2026-01-07", "--jsonl"] as const
    const { code, out } = await place.freshet(...words)
    expect(code).toBe(0)
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string })
    expect(events.at(0)?.kind).toBe("run_started")
    expect(events.at(-1)).toMatchObject({ kind: "run_ended", outcome: "succeeded" })
  })

  test("that is interrupted ends with 130, keeps what was made, and the next one carries on", async () => {
    const run = place.spawn(["materialize", "--from", "2026-01-02", "--to", "2026-01-10"])
    await run.waitForText("made")
    run.kill("SIGINT")
    const outcome = await run.result
    expectCode(outcome, 130)
    expect(outcome.err).toContain("Stopping")
    expect(outcome.out).toContain("What was made is kept; `freshet runs retry ")
    expectCode(await place.freshet("materialize", "user_recs", "--from", "2026-01-02"), 0)
  })

  test("meets another one: --no-wait is exit 7", async () => {
    const first = place.spawn(["materialize", "--from", "2026-01-02", "--to", "2026-01-10"])
    await first.waitForText("made")
    const second = await place.freshet("materialize", "--no-wait")
    expect(second.code).toBe(7)
    expect(second.err).toContain("Another run is under way")
    expect((await first.result).code).toBe(0)
  })
})
