import { describe, expect, test } from "vitest"

import {
  all,
  codeAsset,
  int32,
  itself,
  last,
  latest,
  noRows,
  previous,
  publishTo,
  sharedRows,
  sql,
  sqlAsset,
  sqlAssets,
  staticKeys,
  unique,
  unpartitioned,
  upTo,
  weekly,
  type AnyAsset,
  type Asset,
  type Check,
} from "../../src/index.ts"
import { dailyAsset, everyDay, snapshotSource, source } from "../declarations.ts"
import { findProblems, formatProblems } from "./problems.ts"

const raw = source("raw")
const users = snapshotSource("users")
const a = dailyAsset("a", sql`select n from ${raw}`)

test("declarations without problems are a graph", () => {
  expect(findProblems(raw, users, a)).toEqual([])
  expect(findProblems()).toEqual([])
})

test("all problems are reported at once, each with its kind and asset", () => {
  const bad = dailyAsset("Bad-Name", sql`select n from ${source("stranger")}`, {
    checks: [unique("n"), unique("n")],
  })
  const twice = dailyAsset("a", sql`select n from ${raw}, ${raw}, ${previous()}`)
  const uncut = dailyAsset("uncut", sql`from ${last(7, raw)}`, { partitions: unpartitioned })
  expect(findProblems(raw, a, twice, bad, uncut).map(({ kind, asset }) => [kind, asset])).toEqual([
    ["duplicate_name", "a"],
    ["bad_name", "Bad-Name"],
    ["unknown_read", "Bad-Name"],
    ["duplicate_check", "Bad-Name"],
    ["grain", "uncut"],
  ])
})

describe("names", () => {
  test("are unique over all groups", () => {
    expect(
      formatProblems(raw, a, dailyAsset("a", sql`select 2 from ${raw}`, { group: "other" })),
    ).toEqual(["Two assets are named `a`. Names are unique over all groups: rename one of them."])
  })

  test.each(["A", "1a", "a-b", "a b", "", "_a", "a".repeat(64), "é"])("%j is no name", (name) => {
    expect(findProblems(raw, dailyAsset(name, sql`from ${raw}`)).map(({ kind }) => kind)).toEqual([
      "bad_name",
    ])
  })

  test("of 63 letters, digits and underscores are names", () => {
    expect(findProblems(raw, dailyAsset(`a_1${"x".repeat(60)}`, sql`from ${raw}`))).toEqual([])
  })

  test("of columns follow the same rule, and an asset has columns", () => {
    const columns = { ok: int32(), "Not ok": int32() }
    const odd = sqlAsset({
      name: "odd",
      group: "g",
      description: "",
      columns,
      query: sql`select 1`,
    })
    const none = { ...dailyAsset("none", sql`select 1`), columns: {} }
    expect(formatProblems(odd, none)).toEqual([
      "`Not ok` in `odd` is no name for an asset or a column. Use snake_case: a letter, then letters, digits and _ (63 at most).",
      "`none` has no columns.",
    ])
  })

  test("of computations are unique: an asset made alone names its computation too", () => {
    const { x } = sqlAssets({
      name: "a",
      group: "g",
      shared: sql`select 1 as n`,
      outputs: { x: { description: "", columns: { n: int32() }, query: sql`from ${sharedRows}` } },
    })
    expect(formatProblems(raw, a, x)).toEqual([
      "Two computations are named `a`: one makes a, one x. An asset made alone names its computation too: rename one of them.",
    ])
  })
})

describe("reads", () => {
  test("of what is not declared are refused, with the nearest name", () => {
    const candidtes = dailyAsset("candidtes", sql`from ${raw}`)
    const candidates = dailyAsset("candidates", sql`from ${raw}`)
    const recs = dailyAsset("recs", sql`from ${candidtes}`)
    expect(formatProblems(raw, candidates, recs)).toEqual([
      "`recs` reads `candidtes`, which no declared asset is named. Add it to the definitions. Did you mean `candidates`?",
    ])
  })

  test("of a second declaration of a name are refused", () => {
    const b = dailyAsset("b", sql`from ${dailyAsset("a", sql`from ${raw}`)}`)
    expect(formatProblems(raw, a, b)).toEqual([
      "`b` reads another `a` than the one that is declared. Import the asset from where it is declared; do not declare it twice.",
    ])
  })

  test("that a query could not tell apart are refused", () => {
    const strict = last(7, raw, { onShortWindow: "error" })
    const b = dailyAsset("b", sql`from ${last(7, raw)} union all from ${strict}`)
    expect(formatProblems(raw, b)).toEqual([
      "`b` reads `raw [last 7]` twice, each time with another meaning. Read it once, with one declaration of the asset and one rule for short windows.",
    ])
    expect(
      findProblems(raw, dailyAsset("b", sql`from ${strict} union all from ${strict}`)),
    ).toEqual([])
  })

  test("that code could not tell apart are refused", () => {
    const c = codeAsset({
      group: "g",
      name: "c",
      description: "",
      version: "1",
      partitions: everyDay,
      columns: { n: int32() },
      upstream: { week: last(7, raw), wholeWeek: last(7, raw, { onShortWindow: "error" }) },
      async *compute() {},
    })
    expect(formatProblems(raw, c)).toEqual([
      "`c` reads `raw [last 7]` twice, each time with another meaning. Read it once, with one declaration of the asset and one rule for short windows.",
    ])
  })

  test("of a partitioned asset by an uncut one say which partitions", () => {
    const shared = sql`from ${raw}` as never // the compiler refuses this one, plain JavaScript does not
    const uncut = { partitions: unpartitioned }
    expect(
      formatProblems(
        raw,
        dailyAsset("u", shared, uncut),
        dailyAsset("v", sql`from ${last(7, raw)}`, uncut),
      ),
    ).toEqual([
      "`u` is not partitioned but reads `raw`. Say all(…) or latest(…).",
      "`v` is not partitioned but reads `raw [last 7]`. Say all(…) or latest(…).",
    ])
    const fine = sql`from ${all(raw)}, ${latest(raw)}, ${users}`
    expect(findProblems(raw, users, dailyAsset("u", fine, uncut))).toEqual([])
  })

  test("of an uncut asset have no window", () => {
    const timed = users as never // as plain JavaScript might
    expect(formatProblems(users, raw, dailyAsset("b", sql`from ${raw}, ${upTo(timed)}`))).toEqual([
      "`b` reads `users [up to]`. It is not partitioned: read it bare.",
    ])
  })
})

describe("former names", () => {
  test("are of assets that are gone", () => {
    expect(
      formatProblems(raw, a, dailyAsset("b", sql`from ${raw}`, { previousNames: ["a"] })),
    ).toEqual([
      "`b` says that it was formerly `a`, which is declared. Remove the old declaration, or the name from formerly.",
    ])
  })

  test("go to one asset each, sources included", () => {
    const b = dailyAsset("b", sql`from ${raw}`, { previousNames: ["old"] })
    const log = source("log", { previousNames: ["older", "old"] })
    expect(formatProblems(raw, b, log)).toEqual([
      "`b` and `log` both say that they were formerly `old`. The past of one asset goes on in one: leave the name to that one.",
    ])
  })

  test("may be several", () => {
    const b = dailyAsset("b", sql`from ${raw}`, { previousNames: ["older", "old"] })
    expect(formatProblems(raw, b)).toEqual([])
  })
})

describe("the own past", () => {
  test("is for partitioned assets", () => {
    const uncut = dailyAsset("u", sql`from ${previous()}`, { partitions: unpartitioned })
    expect(formatProblems(uncut)).toEqual([
      "`u` reads its previous partition, but has none. Give it partitions.",
    ])
  })

  test("is not for keys: they have no order", () => {
    const partitions = staticKeys(["eu", "us"])
    expect(formatProblems(dailyAsset("u", sql`from ${previous()}`, { partitions }))).toEqual([
      "`u` reads its previous partition, but keys have no order. Cut it by time.",
    ])
  })

  test("is not the present: a query does not read itself", () => {
    expect(formatProblems(raw, dailyAsset("b", sql`from ${raw}, ${itself}`))).toEqual([
      "`b` reads itself. Only checks say itself; a query says previous().",
    ])
  })

  test("is not for computations of several outputs", () => {
    const output = { description: "", columns: { n: int32() }, query: sql`from ${sharedRows}` }
    const { x, y } = sqlAssets({
      name: "both",
      group: "g",
      partitions: raw.partitions,
      shared: sql`from ${raw}, ${previous()}`,
      outputs: { x: output, y: output },
    })
    expect(new Set(formatProblems(raw, x, y))).toEqual(
      new Set([
        "`both` has several outputs and reads its previous partition. Make the accumulating output an asset of its own.",
      ]),
    )
  })
})

describe("checks", () => {
  const checked = (...checks: readonly Check<"n">[]) => dailyAsset("b", sql`from ${a}`, { checks })
  const reading = (query: ReturnType<typeof sql>) => noRows("c", { description: "", query })

  test("name columns that the asset has", () => {
    const wrong = unique("m") as Check<never> // the compiler refuses it, plain JavaScript does not
    expect(formatProblems(raw, a, checked(wrong))).toEqual([
      "The check `unique(m)` of `b` names the column `m`, which it has not. Did you mean `n`?",
    ])
  })

  test("read their own rows and what lies upstream, near or far", () => {
    expect(
      findProblems(raw, a, checked(reading(sql`from ${itself}, ${a}, ${last(7, raw)}`))),
    ).toEqual([])
  })

  test("do not read what is not upstream, nor the past of the asset", () => {
    expect(formatProblems(raw, users, a, checked(reading(sql`from ${users}`)))).toEqual([
      "The check `c` of `b` reads `users`, which is not upstream of it. A check sees its own rows and what lies upstream; put it on the later of the two assets.",
    ])
    expect(findProblems(raw, a, checked(reading(sql`from ${previous()}`)))).toHaveLength(1)
  })
})

describe("outputs", () => {
  const output = { description: "", columns: { n: int32() }, query: sql`from ${sharedRows}` }
  const { x, y } = sqlAssets({
    name: "both",
    group: "g",
    shared: sql`select 1 as n`,
    outputs: { x: output, y: output },
  })

  test.each([
    ["y", x],
    ["x", y],
  ])("are all listed: %s is missed", (missing, listed) => {
    expect(formatProblems(listed)).toEqual([
      `\`both\` makes \`${missing}\`, which is not among the definitions. List all outputs of a computation.`,
    ])
  })
})

describe("publications", () => {
  const table = { $inferInsert: {} }
  const published = (name: string, extra: Parameters<typeof dailyAsset>[2]): Asset =>
    dailyAsset(name, sql`from ${all(raw)}`, extra)

  test("go to a table each", () => {
    const publish = publishTo(table, { set: "s" })
    expect(formatProblems(raw, published("b", { publish }), published("c", { publish }))).toEqual([
      "`c` and `b` are published to the same table. Give each its own table.",
    ])
  })

  test("of one set are cut alike", () => {
    const partitions = unpartitioned
    const b = published("b", { publish: publishTo(table, { set: "s" }) })
    const c = published("c", { publish: publishTo({ ...table }, { set: "s" }), partitions })
    const d = published("d", { publish: publishTo({ ...table }, { set: "t" }), partitions })
    const e = published("e", {
      publish: publishTo({ ...table }, { set: "u" }),
      partitions: weekly({ start: "2026-W01" }),
    })
    const f = published("f", {
      publish: publishTo({ ...table }, { set: "u" }),
      partitions: weekly({ start: "2026-W01", zone: "Asia/Tokyo" }),
    })
    expect(findProblems(raw, e, f)).toHaveLength(1)
    expect(formatProblems(raw, b, c, d)).toEqual([
      "`c` and `b` of the publication set `s` have different partitions. A set shows one partition of all its tables: make two sets of it.",
    ])
  })
})

describe("circles", () => {
  test("are named without what merely reads them", () => {
    const upstream: Record<string, AnyAsset> = {}
    const columns = { n: int32() }
    const code = { group: "g", description: "", version: "1", columns, async *compute() {} }
    const one = codeAsset({ ...code, name: "one", upstream })
    const two = dailyAsset("two", sql`from ${one}`)
    const three = dailyAsset("three", sql`from ${two}`)
    const after = dailyAsset("after", sql`from ${three}`)
    const reads = [{ kind: "read", asset: three, window: { kind: "all" } }] as const
    Object.assign(one.computation, { reads })
    expect(formatProblems(one, two, three, after)).toEqual([
      "These assets read each other in a circle: one, two, three. An asset may read its own past with previous(); anything else needs one of the reads removed.",
    ])
  })
})
