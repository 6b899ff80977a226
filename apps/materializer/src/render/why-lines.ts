import {
  type Cause,
  type Graph,
  type Status,
  causeText,
  partitionsText,
  statusText,
} from "@freshet/core"

import type { Explanation, PathStop, RootCause } from "../commands/root-causes.ts"
import { type Look, paint, sign, stateTones } from "./look.ts"

/** Why a partition is as it is: where it begins, the way from there, and the command that mends it. */
export function whyLines(
  graph: Graph,
  explanation: Explanation,
  command: string,
  look: Look,
): readonly string[] {
  const { asset, partition, status, roots, path } = explanation
  const name = named(graph, asset, [partition])
  const headline = `${paint(look, stateTones[status.kind], sign(look, status.kind))} ${name} ${stateWords(status)}.`
  if (status.kind === "fresh")
    return [
      headline,
      "What it would be made from now is exactly what its newest materialization was made from.",
    ]
  return [
    headline,
    "",
    paint(look, "strong", roots.length === 1 ? "Root cause" : "Root causes"),
    ...roots.map((root) => `  ${rootText(graph, root)}`),
    ...pathLines(graph, path, look),
    "",
    paint(look, "strong", waits(roots) ? "Once that is there" : "To mend it"),
    `  ${command}`,
  ]
}

function waits(roots: readonly RootCause[]): boolean {
  return roots.every(({ status }) => status.kind !== "fresh" && status.waitsFor !== undefined)
}

function stateWords(status: Status): string {
  switch (status.kind) {
    case "fresh":
      return "is up to date"
    case "missing":
      return "was never made"
    case "stale":
      return "is stale"
    case "failed":
      return "failed"
  }
}

function named(graph: Graph, asset: string, partitions: readonly number[]): string {
  return `${asset} ${partitionsText(graph, asset, partitions)}`.trim()
}

/** A root cause as a sentence: `mentions 2026-01-05: activity 2026-01-05 changed`. */
export function rootText(graph: Graph, { asset, partitions, status, causes }: RootCause): string {
  return `${named(graph, asset, partitions)}: ${reasonText(graph, status, causes)}`
}

function reasonText(graph: Graph, status: Status, causes: readonly Cause[]): string {
  if (status.kind !== "stale" || status.waitsFor !== undefined) return statusText(graph, status)
  return causes.map((cause) => causeText(graph, cause)).join("; ")
}

function pathLines(graph: Graph, path: readonly PathStop[], look: Look): readonly string[] {
  if (path.length < 2) return []
  const stops = path.map(({ asset, partition }, index) => {
    const arrow = index === 0 ? "" : `${sign(look, "arrow")} `
    return `  ${"  ".repeat(Math.min(index, 8))}${arrow}${named(graph, asset, [partition])}`
  })
  return ["", paint(look, "strong", "Path"), ...stops]
}
