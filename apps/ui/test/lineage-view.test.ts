import { describe, expect, test } from "vitest"

import type { AssetStateDocument, LineageDocument } from "../client/api/documents.ts"
import {
  countRanksPassed,
  type LayoutCache,
  layoutGraph,
} from "../client/pages/lineage/layout-graph.ts"
import { lensNames, listCategories, markAsset } from "../client/pages/lineage/lenses.ts"
import {
  formatLineageJson,
  formatLineageMermaid,
  selectVisible,
} from "../client/pages/lineage/lineage-export.ts"
import { formatLineageSvg } from "../client/pages/lineage/lineage-svg.ts"
import { findNearest } from "../client/pages/lineage/nearest-card.ts"
import {
  buildViewGraph,
  findPathsBetween,
  type ViewOptions,
} from "../client/pages/lineage/view-graph.ts"

const lineage: LineageDocument = {
  focus: null,
  nodes: [
    { name: "orders", group: "shop", kind: "source" },
    { name: "items", group: "shop", kind: "sql" },
    { name: "best <&>", group: "shop", kind: "sql" },
    { name: "counts", group: "reports", kind: "code" },
    { name: "alone", group: "reports", kind: "sql" },
  ],
  edges: [
    { from: "orders", to: "items", windows: [] },
    { from: "items", to: "best <&>", windows: ["last 3"] },
    { from: "items", to: "counts", windows: [] },
    { from: "best <&>", to: "counts", windows: [] },
  ],
}

function createState(name: string, values: Partial<AssetStateDocument>): AssetStateDocument {
  return {
    name,
    group: "shop",
    kind: "sql",
    status: "fresh",
    reason: "",
    blocker: null,
    causes: [],
    failure: null,
    failed_upstream: null,
    main_cause: "",
    newest_partition: "2026-01-04",
    partition_noun: "day",
    partitions: { total: 1, fresh: 1, stale: 0, missing: 0, failed: 0, blocked: 0 },
    rows: 12_345,
    bytes: 10,
    ms: 1200,
    materialized_at: null,
    deadline: null,
    overdue: null,
    due_soon: null,
    checks: { failed_errors: 0, failed_warnings: 0 },
    ...values,
  }
}

const dueAt = "2026-01-05T07:00:00.000Z"
const states = new Map(
  [
    createState("items", {}),
    createState("best <&>", {
      status: "stale",
      deadline: "due_soon",
      due_soon: { partition: "2026-01-05", due_at: dueAt, expected_at: dueAt },
      rows: 0,
      ms: 61_000,
    }),
    createState("counts", {
      deadline: "overdue",
      overdue: { partition: "2026-01-05", due_at: dueAt, reason: "" },
      rows: null,
      ms: null,
    }),
    createState("alone", { deadline: "on_time", ms: 99 }),
  ].map((state) => [state.name, state]),
)

const options: ViewOptions = {
  open: new Set(["shop"]),
  focus: undefined,
  selection: undefined,
  lens: "state",
}

test.each([
  ["state", ["source ", "fresh ", "stale ", "fresh ", "fresh "]],
  [
    "freshness",
    [
      "no deadline ",
      "no deadline ",
      "due soon due 01-05 07:00",
      "overdue due 01-05 07:00",
      "on time ",
    ],
  ],
  ["kind", ["source source", "SQL SQL", "SQL SQL", "code code", "SQL SQL"]],
  ["duration", ["none ", "< 10 s 1.2 s", "≥ 1 min 1 min 1 s", "none ", "< 0.1 s 0.1 s"]],
  ["rows", ["none ", "< 1,000,000 12,345", "< 100 0", "none ", "< 1,000,000 12,345"]],
] as const)("the lens %s has a category and an exact value for every asset", (lens, texts) => {
  const marks = lineage.nodes.map((node) => markAsset(lens, node, states.get(node.name)))
  expect(marks.map(({ word, value }) => `${word} ${value}`)).toEqual(texts)
  const tones = new Set(listCategories(lens).map(({ tone }) => tone))
  for (const { tone } of marks) expect(tones).toContain(tone)
})

test("a collapsed group counts its assets by category of the lens", () => {
  const countGroup = (lens: ViewOptions["lens"]) =>
    buildViewGraph(lineage, states, { ...options, lens })
      .nodes.find(({ kind }) => kind === "group")
      ?.counts.map(({ word, count }) => `${count} ${word}`)
  expect(countGroup("freshness")).toEqual(["1 overdue", "1 on time"])
  expect(countGroup("kind")).toEqual(["1 SQL", "1 code"])
})

test("another lens leaves cards and edges as they are", () => {
  const [first, ...graphs] = lensNames.map((lens) =>
    buildViewGraph(lineage, states, { ...options, lens }),
  )
  for (const { nodes, edges } of graphs) {
    expect(nodes.map(({ id }) => id)).toEqual(first?.nodes.map(({ id }) => id))
    expect(edges).toEqual(first?.edges)
  }
})

test("a path has the assets between its ends in either direction, and none where neither depends on the other", () => {
  const path = ["items", "best <&>", "counts"]
  expect([...findPathsBetween(lineage.edges, "items", "counts")].toSorted()).toEqual(
    path.toSorted(),
  )
  expect([...findPathsBetween(lineage.edges, "counts", "items")].toSorted()).toEqual(
    path.toSorted(),
  )
  expect(findPathsBetween(lineage.edges, "items", "alone").size).toBe(0)
})

test("arrows find the nearest card at a side", () => {
  const box = { width: 100, height: 30 }
  const boxes = {
    a: { x: 0, y: 0, ...box },
    b: { x: 200, y: 10, ...box },
    c: { x: 150, y: 300, ...box },
  }
  expect(findNearest(boxes, undefined, "right")).toBe("a")
  expect(findNearest(boxes, "a", "right")).toBe("b")
  expect(findNearest(boxes, "b", "left")).toBe("a")
  expect(findNearest(boxes, "b", "down")).toBe("c")
  expect(findNearest(boxes, "a", "up")).toBeUndefined()
})

test("exports contain the visible assets, those of collapsed groups too", () => {
  const focus = { name: "items", hops: 1 }
  const focused = selectVisible(lineage, buildViewGraph(lineage, states, { ...options, focus }))
  expect(focused.nodes.map(({ name }) => name)).toEqual(["orders", "items", "best <&>", "counts"])
  expect(JSON.parse(formatLineageJson(focused))).toEqual(focused)
  const all = selectVisible(lineage, buildViewGraph(lineage, states, options))
  expect(all).toEqual(lineage)
  expect(formatLineageMermaid(all)).toBe(`flowchart LR
  subgraph g0["shop"]
    n0[("orders")]
    n1["items"]
    n2["best <&>"]
  end
  subgraph g1["reports"]
    n3["counts"]
    n4["alone"]
  end
  n0 --> n1
  n1 -->|"last 3"| n2
  n1 --> n3
  n2 --> n3
`)
})

test.each(["LR", "TB"] as const)(
  "the SVG draws every visible card, edge and category, %s",
  (direction) => {
    const graph = buildViewGraph(lineage, states, { ...options, lens: "rows" })
    const colors = {
      background: "#fff",
      text: "#111",
      line: "#888",
      getTone: (tone: string) => tone,
    }
    const svg = formatLineageSvg(graph, layoutGraph(graph, direction), { direction, colors })
    for (const text of ["orders", "items", "best &lt;&amp;&gt;", "reports", "12,345", "&lt; 100"])
      expect(svg).toContain(`>${text}<`)
    expect(svg.match(/<path /g)).toHaveLength(graph.edges.length)
    expect(svg).not.toMatch(/NaN|undefined/)
  },
)

test("a group that opens costs its own layout, and the others keep theirs", () => {
  const cache: LayoutCache = new Map()
  const build = (...open: string[]) =>
    buildViewGraph(lineage, states, { ...options, open: new Set(open) })
  layoutGraph(build("shop"), "TB", cache)
  const [[key, shop] = []] = cache
  expect(shop?.boxes.size).toBe(3)
  const layout = layoutGraph(build("shop", "reports"), "TB", cache)
  expect(cache.size).toBe(2)
  expect(cache.get(key ?? "")).toBe(shop)
  expect(layout).toEqual(layoutGraph(build("shop", "reports"), "TB"))
})

describe("the ranks that edges pass", () => {
  const edge = (from: string, to: string) => ({ from, to })

  test("are counted between the ends of an edge", () => {
    const edges = [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("a", "d"), edge("b", "d")]
    expect(countRanksPassed(edges)).toBe(3)
  })

  test("are counted in groups that read each other", () => {
    expect(countRanksPassed([edge("a", "b"), edge("b", "a"), edge("b", "c")])).toBe(0)
  })
})
