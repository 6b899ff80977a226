import {
  type Cause,
  type Graph,
  type Status,
  causeText,
  partitionsText,
  statusText,
} from "@freshet/core"

import { counted } from "./amount.ts"

/** Why a partition is not fresh, in words; upstreams that will be made anew are named together. */
export function causesText(graph: Graph, status: Status): string {
  if (status.kind !== "stale" || status.waitsFor !== undefined) return statusText(graph, status)
  const own = status.causes.flatMap((cause) =>
    cause.kind === "upstream" ? [] : [causeText(graph, cause)],
  )
  const upstream = upstreamNames(graph, status.causes)
  const anew = upstream.length === 0 ? [] : [`${upstream.join(", ")} will be made anew`]
  return [...own, ...anew].join("; ")
}

/** The same in a few words: the first cause, and how many more there are. */
export function briefCauses(graph: Graph, status: Status): string {
  if (status.kind !== "stale" || status.waitsFor !== undefined) return statusText(graph, status)
  const [first = status.causes[0]] = status.causes.filter(({ kind }) => kind !== "upstream")
  if (first === undefined) return "stale"
  const text =
    first.kind === "upstream" ? upstreamNames(graph, [first]).join() : causeText(graph, first)
  const more = status.causes.length - 1
  return more === 0 ? text : `${text} and ${counted(more, "more", "more")}`
}

function upstreamNames(graph: Graph, causes: readonly Cause[]): readonly string[] {
  return causes.flatMap((cause) =>
    cause.kind === "upstream"
      ? [`${cause.asset} ${partitionsText(graph, cause.asset, cause.partitions)}`.trim()]
      : [],
  )
}
