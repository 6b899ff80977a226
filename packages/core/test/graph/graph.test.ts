import { describe, expect, test } from "vitest"

import { findReachable, getAsset, getOutputs, listEdges, listSources } from "../../src/engine.ts"
import { all, int32, last, sharedRows, sql, sqlAssets, unpartitioned } from "../../src/index.ts"
import { dailyAsset, buildValidGraph, snapshotSource, source } from "../declarations.ts"

const raw = source("raw")
const users = snapshotSource("users")
const output = { description: "", columns: { n: int32() }, query: sql`from ${sharedRows}` }
const { likes, messages } = sqlAssets({
  name: "parsed",
  group: "g",
  partitions: raw.partitions,
  shared: sql`from ${raw}`,
  outputs: { likes: output, messages: output },
})
const week = dailyAsset("week", sql`from ${last(7, likes)}, ${likes}, ${messages}`)
const recs = dailyAsset("recs", sql`from ${week}, ${users}`)
const total = dailyAsset("total", sql`from ${all(recs)}`, { partitions: unpartitioned })
const graph = buildValidGraph(total, recs, week, messages, likes, users, raw)

test("computations come after everything that they read, in every order of declaration", () => {
  expect(graph.computations.map(({ name }) => name)).toEqual(["parsed", "week", "recs", "total"])
})

test("assets keep the order of declaration and are found by name", () => {
  expect([...graph.assets.keys()].join(" ")).toBe("total recs week messages likes users raw")
  expect(getAsset(graph, "week")).toBe(week)
  expect(() => getAsset(graph, "users")).toThrow("no asset is named users")
  expect(listSources(graph)).toEqual([users, raw])
  expect(getOutputs(graph, likes.computation)).toEqual([likes, messages])
})

test("downstream is the reverse of upstream, with each reader once", () => {
  expect(graph.downstream.get("likes")).toEqual(["week"])
  expect(graph.downstream.get("raw")).toEqual(["messages", "likes"])
  expect(graph.downstream.get("total")).toEqual([])
})

describe("findReachable", () => {
  const names = (...args: Parameters<typeof findReachable>) =>
    [...findReachable(...args)].toSorted()

  test("follows all edges upstream or downstream", () => {
    expect(names(graph, "recs", "upstream")).toEqual(["likes", "messages", "raw", "users", "week"])
    expect(names(graph, "raw", "downstream")).toEqual([
      "likes",
      "messages",
      "recs",
      "total",
      "week",
    ])
  })

  test("stops at the given depth", () => {
    expect(names(graph, "recs", "upstream", 0)).toEqual([])
    expect(names(graph, "recs", "upstream", 1)).toEqual(["users", "week"])
    expect(names(graph, "raw", "downstream", 2)).toEqual(["likes", "messages", "week"])
  })
})

test("the edges between some assets have both ends among them", () => {
  expect(listEdges(graph, new Set(["raw", "likes", "week", "total"]))).toEqual([
    { from: "likes", to: "week" },
    { from: "raw", to: "likes" },
  ])
})

test("a long chain declared backwards is sorted", () => {
  const chain = [dailyAsset("c0", sql`from ${raw}`)]
  for (let index = 1; index < 300; index += 1)
    chain.push(dailyAsset(`c${index}`, sql`from ${chain[index - 1]!}`))
  const { computations } = buildValidGraph(raw, ...chain.toReversed())
  expect(computations.map(({ name }) => name)).toEqual(chain.map(({ name }) => name))
})
