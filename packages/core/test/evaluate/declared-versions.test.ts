import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  computeChecksVersion,
  computeCodeVersion,
  computeInputVersion,
  listQueryTexts,
  toCanonicalJson,
  type ParsedQueries,
} from "../../src/engine.ts"
import { listInputVersions } from "../../src/evaluate/declared-versions.ts"
import {
  codeAsset,
  daily,
  dueBy,
  int32,
  int64,
  last,
  latest,
  notNull,
  nullable,
  oneOf,
  partitionDay,
  previous,
  publishTo,
  rowCount,
  sharedRows,
  sourceAsset,
  sql,
  sqlAssets,
  staticKeys,
  text,
  unique,
  type AnyAsset,
  type Sql,
} from "../../src/index.ts"
import {
  dailyAsset,
  everyDay,
  buildValidGraph,
  partitionedSource,
  source,
} from "../declarations.ts"
import { identity } from "../memory-project.ts"

const raw = source("raw")

function getVersion(asset: AnyAsset, parsed: ParsedQueries = new Map(), upstream: AnyAsset = raw) {
  if (asset.kind === "source") throw new TypeError("a source has no code")
  const all = [upstream, asset].filter(
    (definition, index, list) => list.indexOf(definition) === index,
  )
  return computeCodeVersion(buildValidGraph(...all), asset.computation, parsed, identity)
}

const plain = (query: Sql = sql`select n from ${raw}`) => dailyAsset("a", query)
const base = getVersion(plain())

describe("computeCodeVersion", () => {
  test("is readable when the hash is the identity", () => {
    expect(JSON.parse(base)).toMatchInlineSnapshot(`
      {
        "code": [
          [
            "a",
            "select n from "raw"",
          ],
        ],
        "kind": "sql",
        "outputs": [
          [
            "a",
            [
              [
                "n",
                "INTEGER",
                false,
              ],
            ],
          ],
        ],
        "partitions": [
          [
            "daily",
            "UTC",
          ],
        ],
        "reads": [
          [
            "raw",
            {
              "kind": "same",
            },
            {
              "columns": [
                [
                  "n",
                  "INTEGER",
                  false,
                ],
              ],
              "format": {
                "kind": "json_lines",
              },
              "lineKinds": null,
              "reject": [],
            },
          ],
        ],
      }
    `)
  })

  test.each<[string, AnyAsset]>([
    ["the description", dailyAsset("a", sql`select n from ${raw}`, { description: "New." })],
    ["the owners", dailyAsset("a", sql`select n from ${raw}`, { owners: ["ann"] })],
    ["the tags", dailyAsset("a", sql`select n from ${raw}`, { tags: ["t"] })],
    ["the group", dailyAsset("a", sql`select n from ${raw}`, { group: "h" })],
    ["the checks", dailyAsset("a", sql`select n from ${raw}`, { checks: [unique("n")] })],
    [
      "the freshness",
      dailyAsset("a", sql`select n from ${raw}`, { freshness: dueBy("07:00", "UTC") }),
    ],
    [
      "the publication",
      dailyAsset("a", sql`select n from ${raw}`, {
        publish: publishTo({ $inferInsert: {} }, { set: "s" }),
      }),
    ],
    [
      "a column's description and unit",
      dailyAsset("a", sql`select n from ${raw}`, {
        columns: { n: int32("Count.", { unit: "likes" }) },
      }),
    ],
    [
      "the first day",
      dailyAsset("a", sql`select n from ${raw}`, { partitions: daily({ start: "2025-01-01" }) }),
    ],
    ["how the same text came together", plain(sql`select ${sql`n`} from ${raw}`)],
  ])("is not changed by %s", (_, asset) => {
    expect(getVersion(asset)).toBe(base)
  })

  test.each<[string, AnyAsset]>([
    ["a literal", plain(sql`select n + 1 from ${raw}`)],
    ["an interpolated setting", plain(sql`select ${10} from ${raw}`)],
    ["a window", plain(sql`select n from ${last(7, raw)}`)],
    [
      "what a short window means",
      plain(sql`select n from ${last(7, raw, { onShortWindow: "skip" })}`),
    ],
    ["its own past", plain(sql`select n from ${raw}, ${previous()}`)],
    ["the day of the partition", plain(sql`select n from ${raw} where d = ${partitionDay}`)],
    ["a column's type", dailyAsset("a", sql`select n from ${raw}`, { columns: { n: int64() } })],
    [
      "whether a column may be null",
      dailyAsset("a", sql`select n from ${raw}`, { columns: { n: nullable(int32()) } }),
    ],
    ["an unparsed comment", plain(sql`select n /* all */ from ${raw}`)],
  ])("is changed by %s", (_, asset) => {
    expect(getVersion(asset)).not.toBe(base)
  })

  test("depends on the values of settings", () => {
    const versions = [1, 2, "1", true, null].map((value) =>
      getVersion(plain(sql`select ${value} from ${raw}`)),
    )
    expect(new Set(versions).size).toBe(5)
  })

  test("depends on the length of every window", () => {
    const versions = [1, 2, 7].map((days) => getVersion(plain(sql`from ${last(days, raw)}`)))
    expect(new Set(versions).size).toBe(3)
  })

  test("does not depend on white space and comments where the engine parses both texts alike", () => {
    const spaced = plain(sql`
      -- every row
      select n
      from ${raw}`)
    const parsed = new Map(
      [plain(), spaced].flatMap((asset) =>
        listQueryTexts(buildValidGraph(raw, asset)).map((text) => [text, "one parse"] as const),
      ),
    )
    expect(parsed.size).toBe(2)
    expect(getVersion(spaced, parsed)).toBe(getVersion(plain(), parsed))
    expect(getVersion(spaced)).not.toBe(getVersion(plain()))
  })

  test("depends on the conversion of a source's files to rows", () => {
    const reading = (upstream: AnyAsset) =>
      getVersion(dailyAsset("a", sql`select n from ${upstream}`), new Map(), upstream)
    const column = { reason: "bad", columns: ["n"], when: sql`true` }
    const lineKinds = { column: "kind", reason: "unknown_kind", kinds: { like: ["n"] } }
    const versions = [
      raw,
      { ...raw, format: { kind: "csv" } as const },
      { ...raw, columns: { n: int64() } },
      { ...raw, reject: [{ reason: "bad", when: sql`n < 0` }] },
      { ...raw, reject: [{ reason: "worse", when: sql`n < 0` }] },
      { ...raw, duplicate: column },
      { ...raw, lineKinds },
      { ...raw, lineKinds: { ...lineKinds, kinds: { like: ["n?"] } } },
    ].map(reading)
    expect(new Set(versions).size).toBe(versions.length)
    const same = [
      { ...raw, tolerance: 0.5 },
      { ...raw, whenMissing: "empty" as const },
      { ...raw, path: "elsewhere/{partition}.json" },
      { ...raw, description: "New." },
    ].map(reading)
    expect(new Set([...same, versions[0]]).size).toBe(1)
  })

  test("depends on the declared version of code, not on its text", () => {
    const code = (version: string, compute: () => AsyncIterable<{ n: number }>) =>
      getVersion(
        codeAsset({
          name: "a",
          group: "g",
          description: "",
          version,
          partitions: everyDay,
          columns: { n: int32() },
          upstream: { raw },
          compute,
        }),
      )
    const one = async function* () {
      yield { n: 1 }
    }
    const two = async function* () {
      yield { n: 2 }
    }
    expect(code("1", one)).toBe(code("1", two))
    expect(code("2", one)).not.toBe(code("1", one))
  })

  test("depends on the queries of all outputs of a computation", () => {
    const both = (shared: string, y: string) => {
      const columns = { n: int32() }
      const assets = sqlAssets({
        name: "both",
        group: "g",
        partitions: everyDay,
        shared: sql`select ${shared} from ${raw}`,
        outputs: {
          x: { description: "", columns, query: sql`from ${sharedRows}` },
          y: { description: "", columns, query: sql`select ${y} from ${sharedRows}` },
        },
      })
      const graph = buildValidGraph(raw, ...Object.values(assets))
      return computeCodeVersion(graph, assets.x.computation, new Map(), identity)
    }
    expect(both("1", "1")).toBe(both("1", "1"))
    expect(new Set([both("1", "1"), both("2", "1"), both("1", "2")]).size).toBe(3)
  })
})

test("the hashed texts of code and check versions are canonical", () => {
  const log = sourceAsset({
    name: "log",
    group: "g",
    description: "",
    partitions: everyDay,
    columns: { n: int32(), action: nullable(text()) },
    format: { kind: "csv" },
    path: "log/{partition}.csv",
    lineKinds: { reason: "unknown", column: "action", kinds: { like: ["n"], follow: ["n?"] } },
    reject: [{ reason: "small", when: sql`n < 1` }],
    duplicate: { reason: "again", columns: ["n"], when: sql`n > 2` },
  })
  const checks = [unique("n"), rowCount({ max: 9, min: 1 }), oneOf("n", ["1"])]
  const query = sql`from ${last(7, log)} from ${latest(log)} from ${previous()}`
  const asset = dailyAsset("a", query, { checks })
  const code = computeCodeVersion(
    buildValidGraph(log, asset),
    asset.computation,
    new Map(),
    identity,
  )
  for (const version of [code, computeChecksVersion(asset, identity)])
    expect(version).toBe(toCanonicalJson(JSON.parse(version)))
})

describe("computeInputVersion", () => {
  const reads = [
    { relation: "raw [last 2]", asset: "raw", short: true, versions: [[1, "x"]] },
  ] as const

  test("contains the code and the partitions and versions of each read", () => {
    expect(computeInputVersion(buildValidGraph(raw), "code", reads, identity)).toBe(
      '{"code":"code","inputs":[{"asset":"raw","relation":"raw [last 2]","versions":[[1,"x"]]}]}',
    )
  })

  test("names static partitions by key, independent of their position, and accepts versions with positions", () => {
    const users = (...keys: string[]) =>
      buildValidGraph(partitionedSource("users", staticKeys(keys)))
    const readKeys = (...versions: [number, string][]) => [
      { relation: "users", asset: "users", short: false, versions },
    ]
    const [reads1, reads2] = [readKeys([0, "x"], [1, "y"]), readKeys([0, "y"], [1, "x"])]
    const version = computeInputVersion(users("a", "b"), "code", reads1, identity)
    expect(version).toContain('[["a","x"],["b","y"]]')
    expect(computeInputVersion(users("b", "a"), "code", reads2, identity)).toBe(version)
    const [currentVersion, positionVersion] = listInputVersions(
      users("a", "b"),
      "code",
      reads1,
      identity,
    )
    expect(currentVersion).toBe(version)
    expect(positionVersion).toContain('[[0,"x"],[1,"y"]]')
    expect(listInputVersions(buildValidGraph(raw), "code", reads, identity)).toEqual([
      computeInputVersion(buildValidGraph(raw), "code", reads, identity),
    ])
  })

  test("hashes a canonical text", () => {
    const inputs = reads.map(({ relation, asset, versions }) => ({ relation, asset, versions }))
    expect(computeInputVersion(buildValidGraph(raw), "code", reads, identity)).toBe(
      toCanonicalJson({ inputs, code: "code" }),
    )
  })
})

describe("computeChecksVersion", () => {
  const of = (...[extra]: [Parameters<typeof dailyAsset>[2]]) =>
    computeChecksVersion(dailyAsset("a", sql`select n from ${raw}`, extra), identity)

  test("depends on the assertion of a check, not on its description", () => {
    const described = { ...unique("n"), description: "Other words." }
    expect(of({ checks: [described] })).toBe(of({ checks: [unique("n")] }))
    const warning = { ...unique("n"), severity: "warn" as const }
    const versions = [[], [unique("n")], [notNull("n")], [warning]].map((checks) => of({ checks }))
    expect(new Set(versions).size).toBe(4)
  })

  test("depends on the nullable columns, since every other column is checked", () => {
    expect(of({ columns: { n: nullable(int32()) } })).not.toBe(of({}))
  })
})

describe("toCanonicalJson", () => {
  test("formats two values equally exactly when they are equal", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const equal = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))
        expect(toCanonicalJson(left) === toCanonicalJson(right)).toBe(equal)
      }),
    )
  })

  test("ignores the order of keys, not of lists", () => {
    expect(toCanonicalJson({ b: 1, a: { d: 2, c: 3 } })).toBe('{"a":{"c":3,"d":2},"b":1}')
    expect(toCanonicalJson([1, 2])).not.toBe(toCanonicalJson([2, 1]))
  })
})

/** Sorts the keys of all objects in a value, independently of `toCanonicalJson`. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== "object") return value
  const members = Object.entries(value).map(([key, inner]) => [key, sorted(inner)] as const)
  return { members: members.toSorted(([a], [b]) => (a < b ? -1 : 1)) }
}
