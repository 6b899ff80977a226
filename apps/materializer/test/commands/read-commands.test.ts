import { describe, expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { createTinyProject } from "../fixtures/tiny-project.ts"

const threeDays = { "2026-01-02": "a", "2026-01-03": "b", "2026-01-04": "c" }
const nothingMade = createTinyProject({ landed: threeDays })
const allMade = createTinyProject({ landed: threeDays, materialized: threeDays })
const corrected = createTinyProject({
  landed: { ...threeDays, "2026-01-03": "B" },
  materialized: threeDays,
})

/** A project whose items of the newest day were refused by these checks. */
function refused(checks: readonly string[]) {
  const project = createTinyProject({
    landed: threeDays,
    failed: ["2026-01-04"],
    failedChecks: checks,
  })
  const results = checks.map((name) => ({
    asset: "items",
    name,
    severity: "error" as const,
    passed: false,
    failures: 1200,
    sample: [{ item: "pen", rows: 2 }],
  }))
  const failedFiles = ["failed_rows/items/2026-01-04/1.parquet"]
  return {
    ...project,
    ledger: { ...project.ledger, readCheckResults: async () => ({ results, failedFiles }) },
  }
}

describe("status", () => {
  test("says that nothing was made, and exits 0 unless asked for the state", async () => {
    const { code, out, err } = await runCommand(nothingMade, ["status"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatchSnapshot()
    expect((await runCommand(nothingMade, ["status", "--exit-code"])).code).toBe(5)
  })

  test("exits 0 when all is up to date and on time", async () => {
    const { code, out } = await runCommand(allMade, ["status", "--exit-code"])
    expect(out).toMatchSnapshot()
    expect(code).toBe(0)
  })

  test.each([60, 80, 120])("fits %i columns", async (columns) => {
    const { out } = await runCommand(corrected, ["status"], { style: { columns } })
    expect(out).toMatchSnapshot()
    const lines = out.trimEnd().split("\n")
    expect(Math.max(...lines.slice(0, -2).map((line) => line.length))).toBeLessThanOrEqual(columns)
  })

  test("uses plain letters where the locale has no others", async () => {
    const { out } = await runCommand(corrected, ["status", "--stale"], {
      style: { unicode: false, columns: 80 },
    })
    expect(out).toMatch(/^[\t\n\x20-\x7e]*$/)
  })

  test("as JSON has the same shape whatever the state", async () => {
    const { out } = await runCommand(corrected, ["status", "--json"])
    expect(JSON.parse(out)).toMatchSnapshot()
  })

  test("keeps the state of what a check refused short, and tells the rest in a note", async () => {
    const { out } = await runCommand(refused(["unique(item)"]), ["status", "items"])
    expect(out).toMatch(
      /^✕ {2}items {2}refused by unique\(item\) {2}.* 1,200 rows of items fail unique\(item\)$/m,
    )
    expect(out).toContain("The asset is not up to date; 1 failed.")
    expect(out).toContain("`freshet why items` tells what went wrong.")
    const two = await runCommand(refused(["unique(item)", "c"]), ["status", "items"])
    expect(two.out).toContain("refused by 2 checks")
  })

  test("says where files are expected when none has landed", async () => {
    const { out } = await runCommand(createTinyProject({ landed: {} }), ["status"])
    expect(out).toContain("Files are expected in /project/landing:\n  orders/{partition}.json\n")
    expect(out).toContain("`freshet demo` shows the whole way once")
  })

  test("names the commands to go on with as they are to be typed for the demo", async () => {
    const { out } = await runCommand(corrected, ["status", "--demo"])
    expect(out).toContain("`freshet materialize --demo` makes")
    const why = await runCommand(corrected, ["why", "best_items", "--demo"])
    expect(why.out).toMatch(/^ {2}freshet materialize best_items --demo$/m)
    const wrong = await runCommand(corrected, ["why", "orders", "--demo"])
    expect(wrong.err).toContain("`freshet status orders+ --demo`")
  })

  test("shows only what is asked for, and counts all that is selected", async () => {
    const { out } = await runCommand(corrected, ["status", "items", "--stale"])
    expect(out).toContain("The asset is up to date.")
    expect(out).not.toContain("best_items")
  })
})

describe("plan", () => {
  test("names each computation once for each reason", async () => {
    const { code, out } = await runCommand(nothingMade, ["plan"])
    expect(code).toBe(0)
    expect(out).toMatchSnapshot()
  })

  test("names the input that changed", async () => {
    const { out } = await runCommand(corrected, ["plan"])
    expect(out).toContain("orders 2026-01-03 changed")
  })

  test("exits 6 with --exit-code when there is work, and 0 when there is none", async () => {
    expect((await runCommand(corrected, ["plan", "--exit-code"])).code).toBe(6)
    const { code, out } = await runCommand(allMade, ["plan", "--exit-code"])
    expect({ code, out }).toEqual({
      code: 0,
      out: "Nothing is stale: everything asked for is up to date.\n",
    })
  })

  test("with --only keeps the targets in that state and what they need", async () => {
    const missing = ["plan", "items", "--from", "2026-01-02", "--only", "missing"]
    expect((await runCommand(corrected, missing)).out).toContain("Nothing that is asked for is in")
    const stale = ["plan", "items", "--from", "2026-01-02", "--only", "stale", "--json"]
    const { steps } = JSON.parse((await runCommand(corrected, stale)).out) as {
      steps: readonly { computation: string; partitions: readonly object[] }[]
    }
    const third = { from: "2026-01-03", to: "2026-01-03" }
    expect(steps).toMatchObject([{ computation: "items", partitions: [third] }])
  })

  test("as JSON", async () => {
    const { out } = await runCommand(corrected, ["plan", "--json"])
    expect(JSON.parse(out)).toMatchSnapshot()
  })
})

describe("what a plan will take", () => {
  const spread = (median: number, p90 = median) => ({ median, p90 })
  const known = new Map([
    [
      "items",
      {
        steps: 20,
        rows: spread(405_000),
        bytes: spread(12_600_000),
        milliseconds: spread(4_000, 9_000),
      },
    ],
  ])
  const withHistory = {
    ...nothingMade,
    ledger: { ...nothingMade.ledger, readPredictions: async () => known },
  }

  test("is told by what the newest steps took, for each line and as a whole", async () => {
    const { out } = await runCommand(withHistory, ["plan"])
    expect(out).toMatchInlineSnapshot(`
      "make                      partitions                expected                                because
      items       3 partitions  2026-01-02 to 2026-01-04  ≈ 1.2 M rows, 37.8 MB, 12 s (p90 27 s)  never materialized
      best_items   1 partition  2026-01-04                no history                              never materialized

      → publish shop 2026-01-04 (1 table; first publication)
      4 steps of 2 computations, 1 publication; ≈ 1.2 M rows, 37.8 MB, 12 s of work (p90 27 s if all goes slowly); 1 more computation has no history.
      "
    `)
  })

  test("fits a narrow terminal, and plain letters", async () => {
    const style = { columns: 80, unicode: false }
    const { out } = await runCommand(withHistory, ["plan"], { style })
    expect(out).toMatch(/^[\t\n\x20-\x7e]*$/)
    const [head, ...rows] = out.split("\n\n")[0]?.split("\n") ?? []
    expect(Math.max(...[head ?? "", ...rows].map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test("stands in the JSON of every entry and of the whole; null where nothing is known", async () => {
    const { out } = await runCommand(withHistory, ["plan", "--json"])
    const predicted = { rows: 1_215_000, bytes: 37_800_000, ms: 12_000, ms_p90: 27_000 }
    expect(JSON.parse(out)).toMatchObject({
      steps: [
        { computation: "items", predicted },
        { computation: "best_items", predicted: null },
      ],
      predicted,
      without_history: ["best_items"],
    })
  })

  test("is told before a large run as well", async () => {
    const landed = Object.fromEntries(
      Array.from({ length: 30 }, (_, day) => [
        new Date(Date.UTC(2026, 0, 2 + day)).toISOString().slice(0, 10),
        String(day),
      ]),
    )
    const month = createTinyProject({ landed, nowMs: Date.UTC(2026, 1, 5) })
    const project = { ...month, ledger: withHistory.ledger }
    const words = ["backfill", "items", "--from", "2026-01-02"]
    const { err } = await runCommand(project, words, { ask: async () => false })
    expect(err).toContain(
      "≈ 12.2 M rows, 378 MB, 2 min of work (p90 4 min 30 s if all goes slowly)",
    )
    expect(err).toContain("Nothing was run.")
  })
})

describe("backfill --dry-run", () => {
  const late = { ...threeDays, "2026-01-02": "A", "2026-01-05": "e" }
  const project = createTinyProject({
    landed: late,
    materialized: threeDays,
    failed: ["2026-01-05"],
    nowMs: Date.UTC(2026, 0, 6, 12),
  })

  test("previews partitions and reasons, and with --downstream what becomes stale by them", async () => {
    const words = ["backfill", "items", "--from", "2026-01-02", "--to", "2026-01-04", "--dry-run"]
    expect((await runCommand(project, words)).out).toMatchInlineSnapshot(`
      "make                partitions  because
      items  1 partition  2026-01-02  orders 2026-01-02 changed

      = items 2026-01-03 to 2026-01-04: up to date already
      1 step of 1 computation; no history yet of what it will take.
      "
    `)
    expect((await runCommand(project, [...words, "--downstream"])).out).toMatchInlineSnapshot(`
      "make                      partitions                because
      items        1 partition  2026-01-02                orders 2026-01-02 changed
      best_items  3 partitions  2026-01-02 to 2026-01-04  upstream items 2026-01-02 will be rebuilt

      → publish shop 2026-01-04 (1 table; shows 2026-01-04 now)
      = items 2026-01-03 to 2026-01-04: up to date already
      4 steps of 2 computations, 1 publication; no history yet of what it will take.
      "
    `)
  })

  test("with --only means those alone that are in that state, and what they make stale", async () => {
    const words = ["backfill", "items", "--from", "2026-01-02", "--dry-run", "--downstream"]
    const only = async (state: string) =>
      (await runCommand(project, [...words, "--only", state])).out
    expect(await only("failed")).toMatchInlineSnapshot(`
      "make                partitions  because
      items  1 partition  2026-01-05  last attempt failed: the disk is full

      = items 2026-01-03 to 2026-01-04: up to date already
      = items 2026-01-02: stale, which was not asked for
      1 step of 1 computation; no history yet of what it will take.
      "
    `)
    expect(await only("stale")).toMatchInlineSnapshot(`
      "make                      partitions                because
      items        1 partition  2026-01-02                orders 2026-01-02 changed
      best_items  3 partitions  2026-01-02 to 2026-01-04  upstream items 2026-01-02 will be rebuilt

      → publish shop 2026-01-04 (1 table; shows 2026-01-04 now)
      = items 2026-01-03 to 2026-01-04: up to date already
      = items 2026-01-05: failed, which was not asked for
      4 steps of 2 computations, 1 publication; no history yet of what it will take.
      "
    `)
    expect(await only("missing")).toMatchInlineSnapshot(`
      "= items 2026-01-03 to 2026-01-04: up to date already
      = items 2026-01-02: stale, which was not asked for
      = items 2026-01-05: failed, which was not asked for
      Nothing that is asked for is in that state.
      "
    `)
    expect(await only("all")).toMatchInlineSnapshot(`
      "make                      partitions                because
      items        1 partition  2026-01-02                orders 2026-01-02 changed
      items        1 partition  2026-01-05                last attempt failed: the disk is full
      best_items  3 partitions  2026-01-02 to 2026-01-04  upstream items 2026-01-02 will be rebuilt

      → publish shop 2026-01-04 (1 table; shows 2026-01-04 now)
      = items 2026-01-03 to 2026-01-04: up to date already
      5 steps of 2 computations, 1 publication; no history yet of what it will take.
      "
    `)
  })
})

describe("why", () => {
  test("gives the root cause first, then the path, then the command", async () => {
    const { out } = await runCommand(corrected, ["why", "best_items"])
    expect(out).toMatchInlineSnapshot(`
      "◐ best_items 2026-01-04 is stale.

      Root cause
        items 2026-01-03: orders 2026-01-03 changed

      Path
        items 2026-01-03
          → best_items 2026-01-04

      To mend it
        freshet materialize best_items
      "
    `)
  })

  test("says of what is up to date that it is", async () => {
    const { out } = await runCommand(allMade, ["why", "items", "--partition", "2026-01-03"])
    expect(out).toContain("● items 2026-01-03 is up to date.")
  })

  test("mends an older day by a backfill", async () => {
    const { out } = await runCommand(corrected, ["why", "items", "--partition", "2026-01-03"])
    expect(out).toContain("freshet backfill items --date 2026-01-03")
  })

  test("says what a check refused, where the rows are, and that they are to be mended first", async () => {
    const project = refused(["unique(item)"])
    const { out } = await runCommand(project, ["why", "best_items"])
    expect(out).toMatchInlineSnapshot(`
      "◌ best_items 2026-01-04 was never made.

      Root causes
        items 2026-01-02 to 2026-01-03: never materialized
        items 2026-01-04: failed check unique(item)
          unique(item): no two rows have the same item
            1,200 rows fail, for example
              {"item":"pen","rows":2}
          The refused rows are kept:
            \`freshet data head items --refused --partition 2026-01-04\` shows them.
            .freshet/lake/failed_rows/items/2026-01-04/1.parquet

      Path
        items 2026-01-02
          → best_items 2026-01-04

      To mend it
        mend the query, its input or the check (else it is refused again), then
        freshet materialize best_items
      "
    `)
    const { roots } = JSON.parse((await runCommand(project, ["why", "items", "--json"])).out) as {
      roots: readonly { refusal: unknown }[]
    }
    expect(roots[0]?.refusal).toMatchObject({
      checks: [{ name: "unique(item)", description: "no two rows have the same item" }],
      kept: [".freshet/lake/failed_rows/items/2026-01-04/1.parquet"],
    })
  })

  test("says what failed", async () => {
    const project = createTinyProject({ landed: threeDays, failed: ["2026-01-04"] })
    const { out } = await runCommand(project, ["why", "best_items"])
    expect(out).toContain("items 2026-01-04: last attempt failed: the disk is full")
  })

  test("as JSON", async () => {
    const { out } = await runCommand(corrected, ["why", "best_items", "--json"])
    expect(JSON.parse(out)).toMatchSnapshot()
  })
})

describe("declared assets", () => {
  test("are listed", async () => {
    expect((await runCommand(allMade, ["assets"])).out).toMatchSnapshot("lines")
    expect(JSON.parse((await runCommand(allMade, ["assets", "--json"])).out)).toMatchSnapshot(
      "json",
    )
  })

  test("are shown with their data dictionary, checks, state and query", async () => {
    expect((await runCommand(allMade, ["show", "best_items"])).out).toMatchSnapshot("lines")
    const json = await runCommand(allMade, ["show", "items", "--json"])
    expect(JSON.parse(json.out)).toMatchSnapshot("json")
  })

  test("are shown with what each check said last", async () => {
    const results = (["unique(item)", "not_null"] as const).map((name) => ({
      asset: "items",
      name,
      severity: "error" as const,
      passed: name === "unique(item)",
      failures: name === "unique(item)" ? 0 : 1200,
      sample: [],
    }))
    const history = {
      ...allMade.ledger,
      readCheckResults: async () => ({ results, failedFiles: [] }),
    }
    const { out } = await runCommand({ ...allMade, ledger: history }, ["show", "items"])
    expect(out).toMatch(/^ {2}✓ {2}unique\(item\) {2}no two rows have the same item {2}passed$/m)
    expect(out).toMatch(/^ {2}✕ {2}not_null +1,200 rows fail$/m)
  })

  test.each(["tree", "mermaid", "dot", "json"])("are drawn as %s", async (format) => {
    const { out } = await runCommand(allMade, ["lineage", "items", "--format", format])
    expect(out).toMatchSnapshot()
  })

  test("are drawn as a forest when several are chosen", async () => {
    expect((await runCommand(allMade, ["lineage", "+best_items"])).out).toMatchSnapshot()
  })

  test("have columns", async () => {
    expect((await runCommand(allMade, ["data", "schema", "items"])).out).toMatchSnapshot("lines")
    const json = await runCommand(allMade, ["data", "schema", "items", "--json"])
    expect(JSON.parse(json.out)).toMatchSnapshot("json")
  })
})

describe("runs", () => {
  const row = {
    id: "20260105-110000-abcdef",
    command: "freshet materialize",
    outcome: "failed" as const,
    startedMs: Date.UTC(2026, 0, 5, 11),
    endedMs: Date.UTC(2026, 0, 5, 11, 1),
    cancelRequestedMs: undefined,
    steps: 4,
    materialized: 2,
    failed: 1,
  }
  const detail = {
    ...row,
    progress: new Map([
      [
        "items",
        {
          planned: [{ from: 20_455, to: 20_458 }],
          partitionsByOutcome: {
            made: [{ from: 20_455, to: 20_456 }],
            failed: [{ from: 20_457, to: 20_457 }],
          },
        },
      ],
    ]),
    stepRows: [
      {
        computation: "items",
        partition: 20_456,
        outcome: "materialized",
        message: undefined,
        rows: 12,
        ms: 31,
      },
      { computation: "items", partition: 20_457, outcome: "failed", message: "no", rows: 0, ms: 4 },
    ],
    publications: [
      { set: "shop", partitionKey: "2026-01-04", inserted: 1200, updated: 3, deleted: 0 },
    ],
  }
  const project = {
    ...allMade,
    ledger: {
      ...allMade.ledger,
      listRuns: async () => [row],
      findRun: async (id: string) => (row.id.startsWith(id) ? detail : undefined),
    },
  }

  test("are listed and shown", async () => {
    expect((await runCommand(project, ["runs"])).out).toMatchSnapshot("list")
    expect((await runCommand(project, ["runs", "show", "2026"])).out).toMatchSnapshot("show")
    expect(JSON.parse((await runCommand(project, ["runs", "list", "--json"])).out)).toMatchSnapshot(
      "list as json",
    )
    const shown = await runCommand(project, ["runs", "show", "2026", "--json"])
    expect(JSON.parse(shown.out)).toMatchSnapshot("show as json")
  })

  test("that do not exist are a wrong request", async () => {
    const { code, err } = await runCommand(project, ["runs", "show", "1999"])
    expect(code).toBe(2)
    expect(err).toContain("No single run has an id that begins with `1999`.")
  })
})
