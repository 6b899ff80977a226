import { assetPartitionsText, type Graph, type Status, partitionsText } from "@freshet/core"

import type { PathStop } from "../commands/cause-path.ts"
import type { Explanation, RootCause } from "../commands/root-causes.ts"
import { causesText } from "./causes.ts"
import { grouped } from "./grouped.ts"
import { type Look, paint, sign, stateTones } from "./look.ts"
import { refusalLines } from "./refusal-lines.ts"
import type { Refusal } from "./refusal.ts"

/** What is known for mending: the command, and by asset what checks refused. */
export interface Mending {
  readonly command: string
  readonly refusals: ReadonlyMap<string, Refusal>
}

/** Why a partition is as it is: where it begins, the way from there, and the command that mends it. */
export function whyLines(
  graph: Graph,
  explanation: Explanation,
  { command, refusals }: Mending,
  look: Look,
): readonly string[] {
  const { asset, partition, status, roots, path } = explanation
  const name = assetPartitionsText(graph, asset, [{ from: partition, to: partition }])
  const headline = `${paint(look, stateTones[status.kind], sign(look, status.kind))} ${name} ${stateWords(status)}.`
  if (status.kind === "fresh") return [headline, ...freshLines(asset, refusals, look)]
  return [
    headline,
    "",
    paint(look, "strong", roots.length === 1 ? "Root cause" : "Root causes"),
    ...rootLines(graph, roots),
    ...[...refusals.values()].flatMap(refusalLines).map((line) => `  ${line}`),
    ...pathLines(graph, path, look),
    "",
    paint(look, "strong", waits(roots) ? "Once that is so" : "To mend it"),
    ...(refusals.size > 0 ? [correctFirst] : []),
    `  ${command}`,
  ]
}

const correctFirst = "  mend the query, its input or the check (else it is refused again), then"

function freshLines(asset: string, refusals: Mending["refusals"], look: Look): readonly string[] {
  if (refusals.size === 0)
    return [
      "What it would be made from now is exactly what its newest materialization was made from.",
    ]
  const rows = [...refusals].map(([name, { key }]) => `${name} ${key}`.trim()).join(", ")
  const fault = refusals.has(asset)
    ? "it fails a check"
    : `it stands on ${rows}, which fails a check`
  return [
    paint(look, "bad", `But ${fault}, so nothing that reads it is made, and it is not published:`),
    ...[...refusals.values()].flatMap(refusalLines),
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
      return status.failure.outcome === "refused" ? "was refused by a check" : "failed"
  }
}

/** Roots that share days and reason are told together: `follows, likes 2026-01-05: activity_log 2026-01-05 changed`. */
function rootLines(graph: Graph, roots: readonly RootCause[]): readonly string[] {
  const alike = grouped(roots, (root) => rootText(graph, root))
  return [...alike].map(
    ([text, group]) => `  ${group.map(({ asset }) => asset).join(", ")} ${text}`,
  )
}

/** A root cause without its asset's name: `2026-01-05: activity_log 2026-01-05 changed`. */
export function rootText(graph: Graph, root: RootCause): string {
  const { asset, partitions, status, causes } = root
  const reason = causesText(graph, status.kind === "stale" ? { ...status, causes } : status)
  return `${partitionsText(graph, asset, partitions)}: ${reason}`
}

function pathLines(graph: Graph, path: readonly PathStop[], look: Look): readonly string[] {
  if (path.length < 2) return []
  const stops = path.map(({ asset, partition }, index) => {
    const arrow = index === 0 ? "" : `${sign(look, "arrow")} `
    return `  ${"  ".repeat(Math.min(index, 8))}${arrow}${assetPartitionsText(graph, asset, [{ from: partition, to: partition }])}`
  })
  return ["", paint(look, "strong", "Path"), ...stops]
}
