import { describe, expect, test } from "vitest"

import { runCommand } from "../fixtures/fake-command-line.ts"
import { createCheckResult, freshProject, withCheckResults } from "../fixtures/project-states.ts"

async function readJson(...words: readonly string[]): Promise<unknown> {
  const { code, out } = await runCommand(freshProject, [...words])
  expect(code).toBe(0)
  return JSON.parse(out)
}

const columns = [
  { name: "item", type: "VARCHAR", nullable: false, description: "What was ordered.", unit: null },
  { name: "orders", type: "BIGINT", nullable: false, description: "How often.", unit: "orders" },
]

describe("assets", () => {
  test("are listed with granularity, publication set and first sentence", async () => {
    const { out } = await runCommand(freshProject, ["assets"])
    expect(out.split("\n")).toHaveLength(5)
    expect(out).toMatch(/^orders +shop +source +daily +What was ordered on one day\.$/m)
    expect(out).toMatch(
      /^best_items +shop +sql +daily +shop +The items ordered most in the trailing week\.$/m,
    )
  })

  test("have their lineage in JSON", async () => {
    const items = {
      name: "items",
      group: "shop",
      kind: "sql",
      partitions: "daily",
      description: "Items ordered on the day.",
      owners: [],
      tags: [],
      columns: ["item", "orders"],
      upstream: ["orders"],
      downstream: ["best_items"],
      published: null,
    }
    expect(await readJson("assets", "items", "--json")).toEqual({
      schema_version: 3,
      assets: [items],
    })
  })
})

describe("show", () => {
  test("prints data dictionary, lineage, checks, state and query", async () => {
    const { out } = await runCommand(freshProject, ["show", "best_items"])
    const sections = out.match(/^[A-Z]\w+( by)?$/gm)
    expect(sections).toEqual(["Columns", "Reads", "Checks", "State", "Query"])
    expect(out).toMatch(/^best_items {2}sql asset of shop, daily \(UTC\)$/m)
    expect(out).toContain("\nReads\n  items (last 7)\n")
    expect(out).toMatch(/^ {2}row_count +at least 1 row$/m)
    expect(out).toContain("  ● fresh, newest 2026-01-04\n  partitions: 3 days\n")
    expect(out).toContain("  materialized 1 h ago (2026-01-05T11:00:00Z): 1,200 rows, 34.6 kB\n")
    expect(out).toContain("  publication set shop: contains 2026-01-04\n")
    expect(out).toContain("  select item, sum(orders)::bigint as orders from")
  })

  test("has state, declaration and versions in JSON", async () => {
    expect(await readJson("show", "items", "--json")).toMatchObject({
      name: "items",
      status: "fresh",
      partition: "2026-01-04",
      is_newest: true,
      partitioning: "daily (UTC)",
      columns,
      reads: [{ asset: "orders", window: "same" }],
      read_by: ["best_items"],
      declared_checks: [
        { name: "unique(item)", severity: "error", description: "no two rows have the same item" },
      ],
      check_results: [],
      materialized_at: "2026-01-05T11:00:00.000Z",
      versions: { data_version: 'items of [[[20457,"c"]]]' },
      published: null,
      report: null,
    })
  })

  test("prints the latest result of each check", async () => {
    const project = withCheckResults(freshProject, [
      createCheckResult("unique(item)", true),
      createCheckResult("not_null", false),
    ])
    const { out } = await runCommand(project, ["show", "items"])
    expect(out).toMatch(/^ {2}✓ {2}unique\(item\) {2}no two rows have the same item {2}passed$/m)
    expect(out).toMatch(/^ {2}✕ {2}not_null +1,200 rows fail$/m)
  })
})

describe("lineage", () => {
  test("of one asset is a tree in both directions", async () => {
    const { out } = await runCommand(freshProject, ["lineage", "items"])
    expect(out).toBe("items\nreads\n└─ orders\nread by\n└─ best_items (last 7)\n")
  })

  test("of several assets is a forest", async () => {
    const { out } = await runCommand(freshProject, ["lineage", "+best_items"])
    expect(out).toBe("best_items\n└─ items (last 7)\n   └─ orders\n")
  })

  test("is a Mermaid flowchart with groups as subgraphs", async () => {
    const { out } = await runCommand(freshProject, ["lineage", "items", "--format", "mermaid"])
    expect(out).toMatch(/^flowchart LR\n {2}subgraph g0\["shop"\]\n {4}n0\[\("orders"\)\]\n/)
    expect(out).toContain('  n1 -->|"last 7"| n2\n')
  })

  test("is a DOT digraph with groups as clusters", async () => {
    const { out } = await runCommand(freshProject, ["lineage", "items", "--format", "dot"])
    expect(out).toMatch(/^digraph lineage \{\n/)
    expect(out).toContain('    "orders" [shape=cylinder]\n')
    expect(out).toContain('  "items" -> "best_items" [label="last 7"]\n')
  })

  test("has nodes and edges in JSON", async () => {
    expect(
      await readJson("lineage", "items", "--up", "0", "--down", "1", "--format", "json"),
    ).toEqual({
      schema_version: 3,
      focus: "items",
      nodes: [
        { name: "items", group: "shop", kind: "sql" },
        { name: "best_items", group: "shop", kind: "sql" },
      ],
      edges: [{ from: "items", to: "best_items", windows: ["last 7"] }],
    })
  })
})

describe("data schema", () => {
  test("prints type, unit and description", async () => {
    const { out } = await runCommand(freshProject, ["data", "schema", "items"])
    expect(out).toBe(
      [
        "name    type     unit    description",
        "item    VARCHAR          What was ordered.",
        "orders  BIGINT   orders  How often.",
        "",
      ].join("\n"),
    )
  })

  test("has the same in JSON", async () => {
    expect(await readJson("data", "schema", "items", "--json")).toEqual({
      schema_version: 3,
      asset: "items",
      columns,
    })
  })
})
