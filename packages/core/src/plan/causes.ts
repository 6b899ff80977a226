import type { Cause, Status } from "../evaluate/staleness.ts"
import type { Graph } from "../graph/graph.ts"
import { formatQuantity } from "../quantity.ts"
import { formatCause, formatPartitions, formatStatus } from "./explain.ts"

/** Formats the causes of a status; upstreams that will be rebuilt are named together. */
export function formatCauses(graph: Graph, status: Status): string {
  if (status.kind !== "stale" || status.blocker !== undefined) return formatStatus(graph, status)
  const ownCauses = status.causes.flatMap((cause) =>
    cause.kind === "upstream" ? [] : [formatCause(graph, cause)],
  )
  const upstreams = listUpstreams(graph, status.causes)
  const upstreamTexts =
    upstreams.length === 0 ? [] : [`upstream ${upstreams.join(", ")} will be rebuilt`]
  return [...ownCauses, ...upstreamTexts].join("; ")
}

/** Formats the first cause, and the number of further ones. */
export function formatMainCause(graph: Graph, status: Status): string {
  if (status.kind !== "stale" || status.blocker !== undefined) return formatStatus(graph, status)
  const [mainCause = status.causes[0]] = status.causes.filter(({ kind }) => kind !== "upstream")
  if (mainCause === undefined) return "stale"
  const text =
    mainCause.kind === "upstream"
      ? listUpstreams(graph, [mainCause]).join()
      : formatCause(graph, mainCause)
  const moreCount = status.causes.length - 1
  return moreCount === 0 ? text : `${text} and ${formatQuantity(moreCount, "more", "more")}`
}

function listUpstreams(graph: Graph, causes: readonly Cause[]): readonly string[] {
  return causes.flatMap((cause) =>
    cause.kind === "upstream"
      ? [`${cause.asset} ${formatPartitions(graph, cause.asset, cause.partitions)}`.trim()]
      : [],
  )
}
