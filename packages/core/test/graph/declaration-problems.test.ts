import { describe, expect, test } from "vitest"

import {
  all,
  asLanded,
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

test("declarations without problems build a graph", () => {
  expect(findProblems(raw, users, a)).toEqual([])
  expect(findProblems()).toEqual([])
})

test("all problems are reported together, each with its kind and asset", () => {
  const bad = dailyAsset("Bad-Name", sql`select n from ${source("undeclared")}`, {
    checks: [unique("n"), unique("n")],
  })
  const twice = dailyAsset("a", sql`select n from ${raw}, ${raw}, ${previous()}`)
  const whole = dailyAsset("whole", sql`from ${last(7, raw)}`, { partitions: unpartitioned })
  expect(findProblems(raw, a, twice, bad, whole).map(({ kind, asset }) => [kind, asset])).toEqual([
    ["duplicate_name", "a"],
    ["bad_name", "Bad-Name"],
    ["unknown_read", "Bad-Name"],
    ["duplicate_check", "Bad-Name"],
    ["granularity", "whole"],
  ])
})

describe("names", () => {
  test("two assets with one name in different groups are reported", () => {
    expect(
      formatProblems(raw, a, dailyAsset("a", sql`select 2 from ${raw}`, { group: "other" })),
    ).toEqual(["Two assets are named `a`. Names are unique across groups: rename one of them."])
  })

  test.each(["A", "1a", "a-b", "a b", "", "_a", "a".repeat(64), "é"])(
    "%j is not a valid name",
    (name) => {
      expect(findProblems(raw, dailyAsset(name, sql`from ${raw}`)).map(({ kind }) => kind)).toEqual(
        ["bad_name"],
      )
    },
  )

  test.each(["and", "or", "not"])("`%s`, a word of the selection grammar, is no name", (name) => {
    expect(formatProblems(raw, dailyAsset(name, sql`from ${raw}`))).toEqual([
      `\`${name}\` is a word of the selection grammar and cannot be the name of an asset. Choose another name: and, or, not combine names in a selection.`,
    ])
    const { x } = sqlAssets({
      name,
      group: "g",
      shared: sql`select 1 as n`,
      outputs: { x: { description: "", columns: { n: int32() }, query: sql`from ${sharedRows}` } },
    })
    expect(findProblems(x).map(({ kind, asset }) => [kind, asset])).toEqual([
      ["reserved_name", name],
    ])
  })

  test("a name may have 63 letters, digits and underscores", () => {
    expect(findProblems(raw, dailyAsset(`a_1${"x".repeat(60)}`, sql`from ${raw}`))).toEqual([])
  })

  test("column names follow the same rule, and an asset without columns is reported", () => {
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
      "`Not ok` in `odd` is not a valid name of an asset or a column. Use snake_case: a lower-case letter, then lower-case letters, digits and _, at most 63 characters.",
      "`none` has no columns.",
    ])
  })

  test("a computation may not have the name of a single asset, whose computation has that name", () => {
    const { x } = sqlAssets({
      name: "a",
      group: "g",
      shared: sql`select 1 as n`,
      outputs: { x: { description: "", columns: { n: int32() }, query: sql`from ${sharedRows}` } },
    })
    expect(formatProblems(raw, a, x)).toEqual([
      "Two computations are named `a`: one materializes a, the other x. The computation of a single asset has the asset's name: rename one of them.",
    ])
  })
})

describe("reads", () => {
  test("a read of an undeclared asset is reported with the nearest name", () => {
    const candidtes = dailyAsset("candidtes", sql`from ${raw}`)
    const candidates = dailyAsset("candidates", sql`from ${raw}`)
    const recs = dailyAsset("recs", sql`from ${candidtes}`)
    expect(formatProblems(raw, candidates, recs)).toEqual([
      "`recs` reads `candidtes`, which is not in the definitions. Add it to the definitions. Did you mean `candidates`?",
    ])
  })

  test("a read of a second declaration with a declared name is reported", () => {
    const b = dailyAsset("b", sql`from ${dailyAsset("a", sql`from ${raw}`)}`)
    expect(formatProblems(raw, a, b)).toEqual([
      "`b` reads a second declaration of `a`, which is not in the definitions. Import the declared asset instead of declaring it twice.",
    ])
  })

  test("a query that reads one relation by two rules for short windows is reported", () => {
    const strict = last(7, raw, { onShortWindow: "error" })
    const b = dailyAsset("b", sql`from ${last(7, raw)} union all from ${strict}`)
    expect(formatProblems(raw, b)).toEqual([
      "`b` reads `raw [last 7]` twice with different meanings. Use one declaration of the asset and one rule for short windows.",
    ])
    expect(
      findProblems(raw, dailyAsset("b", sql`from ${strict} union all from ${strict}`)),
    ).toEqual([])
  })

  test("code that reads one relation by two rules for short windows is reported", () => {
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
      "`c` reads `raw [last 7]` twice with different meanings. Use one declaration of the asset and one rule for short windows.",
    ])
  })

  test("an unpartitioned asset reads a partitioned one through all or latest only", () => {
    const shared = sql`from ${raw}` as never // the compiler refuses this one, plain JavaScript does not
    const whole = { partitions: unpartitioned }
    expect(
      formatProblems(
        raw,
        dailyAsset("u", shared, whole),
        dailyAsset("v", sql`from ${last(7, raw)}`, whole),
      ),
    ).toEqual([
      "`u` is not partitioned but reads `raw`. Use all(…) or latest(…).",
      "`v` is not partitioned but reads `raw [last 7]`. Use all(…) or latest(…).",
    ])
    const fine = sql`from ${all(raw)}, ${latest(raw)}, ${users}`
    expect(findProblems(raw, users, dailyAsset("u", fine, whole))).toEqual([])
  })

  test("a read of an unpartitioned asset has no window", () => {
    const timed = users as never // as plain JavaScript might
    expect(formatProblems(users, raw, dailyAsset("b", sql`from ${raw}, ${upTo(timed)}`))).toEqual([
      "`b` reads `users [up to]`. It is not partitioned: read it without a window.",
    ])
  })
})

describe("previous names", () => {
  test("names may be reused and swapped", () => {
    const renamed = dailyAsset("b", sql`from ${raw}`, { previousNames: ["a"] })
    expect(findProblems(raw, a, renamed)).toEqual([])
    const swapped = dailyAsset("a", sql`from ${raw}`, { previousNames: ["b"] })
    expect(findProblems(raw, swapped, renamed)).toEqual([])
  })

  test("an asset may not have its own name among its previous names", () => {
    expect(
      formatProblems(raw, dailyAsset("b", sql`from ${raw}`, { previousNames: ["a", "b"] })),
    ).toEqual([
      "`b` has its own name among its previous names. Remove the name from previousNames.",
    ])
  })

  test("outputs of one computation may not exchange names", () => {
    const output = { description: "", columns: { n: int32() }, query: sql`from ${sharedRows}` }
    const { x, y } = sqlAssets({
      name: "both",
      group: "test",
      shared: sql`select 1 as n`,
      outputs: { x: { ...output, previousNames: ["y"] }, y: output },
    })
    expect(formatProblems(x, y)).toEqual([
      "`x` has the name of `y`, an output of the same computation, among its previous names. Outputs of one computation cannot exchange names: let the computation exchange their rows.",
    ])
  })

  test("two assets or sources may not share a previous name", () => {
    const b = dailyAsset("b", sql`from ${raw}`, { previousNames: ["old"] })
    const log = source("log", { previousNames: ["older", "old"] })
    expect(formatProblems(raw, b, log)).toEqual([
      "`b` and `log` both have the previous name `old`. The history of an asset continues in one asset: remove the name from the other's previousNames.",
    ])
  })

  test("an asset may have several previous names", () => {
    const b = dailyAsset("b", sql`from ${raw}`, { previousNames: ["older", "old"] })
    expect(formatProblems(raw, b)).toEqual([])
  })
})

describe("a read of the previous partition", () => {
  test("requires partitions", () => {
    const whole = dailyAsset("u", sql`from ${previous()}`, { partitions: unpartitioned })
    expect(formatProblems(whole)).toEqual([
      "`u` reads its previous partition but is not partitioned. Declare partitions of time.",
    ])
  })

  test("requires partitions of time, since keys have no order", () => {
    const partitions = staticKeys(["eu", "us"])
    expect(formatProblems(dailyAsset("u", sql`from ${previous()}`, { partitions }))).toEqual([
      "`u` reads its previous partition, but its keys have no order. Partition it by time.",
    ])
  })

  test("uses previous(); itself is for checks", () => {
    expect(formatProblems(raw, dailyAsset("b", sql`from ${raw}, ${itself}`))).toEqual([
      "`b` reads itself. Use previous(); itself is only for checks.",
    ])
  })

  test("requires a computation with a single output", () => {
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
        "`both` has several outputs and reads its previous partition. Declare the accumulating output as a separate asset.",
      ]),
    )
  })
})

describe("checks", () => {
  const checked = (...checks: readonly Check<"n">[]) => dailyAsset("b", sql`from ${a}`, { checks })
  const reading = (query: ReturnType<typeof sql>) => noRows("c", { description: "", query })

  test("a check of an unknown column is reported with the nearest column", () => {
    const wrong = unique("m") as Check<never> // the compiler refuses it, plain JavaScript does not
    expect(formatProblems(raw, a, checked(wrong))).toEqual([
      "The check `unique(m)` of `b` names the column `m`, which does not exist. Did you mean `n`?",
    ])
  })

  test("a check may read its own partition and direct and indirect upstreams", () => {
    expect(
      findProblems(raw, a, checked(reading(sql`from ${itself}, ${a}, ${last(7, raw)}`))),
    ).toEqual([])
  })

  test("a check reads as landed only what its asset reads as landed", () => {
    const pinned = (query: ReturnType<typeof sql>) =>
      formatProblems(raw, dailyAsset("b", query, { checks: [reading(sql`from ${asLanded(raw)}`)] }))
    expect(pinned(sql`from ${asLanded(raw)}`)).toEqual([])
    expect(pinned(sql`from ${raw}`)).toEqual([
      "The check `c` of `b` reads `raw [as landed]`, which `b` does not read. A check can read as landed only what its asset reads as landed.",
    ])
  })

  test("a check that reads an asset outside its upstream, or the previous partition, is reported", () => {
    expect(formatProblems(raw, users, a, checked(reading(sql`from ${users}`)))).toEqual([
      "The check `c` of `b` reads `users`, which is not upstream of it. A check reads its own partition and upstream assets: move it to the downstream asset.",
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
  ])("an output %s that is not in the definitions is reported", (missing, listed) => {
    expect(formatProblems(listed)).toEqual([
      `\`both\` has the output \`${missing}\`, which is not in the definitions. Add all outputs of a computation to the definitions.`,
    ])
  })
})

describe("publications", () => {
  const table = { $inferInsert: {} }
  const published = (name: string, extra: Parameters<typeof dailyAsset>[2]): Asset =>
    dailyAsset(name, sql`from ${all(raw)}`, extra)

  test("a table keeps several partitions of an asset that has several, and the latest one only of time", () => {
    const keys = published("keys", {
      partitions: staticKeys(["a", "b"]),
      publish: publishTo(table, { set: "s" }),
    })
    const whole = published("whole", {
      partitions: unpartitioned,
      publish: publishTo(
        { ...table, $inferInsert: { day: "" } },
        { set: "t", keep: { last: 2 }, partitionColumn: "day" },
      ),
    })
    expect(formatProblems(raw, keys, whole)).toEqual([
      '`keys` is partitioned by key, and keys have no order: its table cannot keep the latest. Publish all keys: keep: "partitions", with a partitionColumn for the key.',
      "`whole` is not partitioned: its table cannot keep several partitions. Leave out keep and partitionColumn.",
    ])
  })

  test("two assets may not share a table", () => {
    const publish = publishTo(table, { set: "s" })
    expect(formatProblems(raw, published("b", { publish }), published("c", { publish }))).toEqual([
      "`c` and `b` are published to the same table. Give each its own table.",
    ])
  })

  test("the assets of one publication set need equal partitions", () => {
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
      "`c` and `b` of the publication set `s` have different partitions. All tables of a set show one partition: split it into two sets.",
    ])
  })
})

describe("cycles", () => {
  test("a cycle is reported without the assets downstream of it", () => {
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
      "These assets read each other in a cycle: one, two, three. Remove one of the reads. An asset may read its own previous partition with previous().",
    ])
  })
})
