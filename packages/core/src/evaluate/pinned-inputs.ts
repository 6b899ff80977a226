import type { Computation } from "../declare/declaration.ts"
import type { Graph, Reading } from "../graph/graph.ts"
import { formatStableRelation } from "../graph/stable-name.ts"
import type { ReadVersions } from "../ports.ts"
import { type EvaluationInputs, getLandedVersion, listReadings } from "./inputs.ts"
import type { PinnedInputs, PinnedReads, RecordedReads } from "./recorded-reads.ts"

/** Lists the reads as landed of a computation. */
export function listReadingsAsLanded(graph: Graph, computation: Computation): readonly Reading[] {
  return listReadings(graph, computation).filter(({ read }) => read.asLanded === true)
}

/** Finds the reads as landed in some recorded reads. */
export function buildPinnedInputs(graph: Graph, recordedReads: RecordedReads): PinnedInputs {
  const pinnedInputs = new Map<string, ReadonlyMap<number, PinnedReads>>()
  for (const computation of graph.computations) {
    const relations = new Set(listReadingsAsLanded(graph, computation).map(formatStableRelation))
    if (relations.size === 0) continue
    const pinned = new Map<number, PinnedReads>()
    for (const [partition, recorded] of recordedReads.get(computation.name) ?? []) {
      const reads = recorded.filter(({ relation }) => relations.has(relation))
      if (reads.length > 0) pinned.set(partition, toPinnedReads(reads))
    }
    if (pinned.size > 0) pinnedInputs.set(computation.name, pinned)
  }
  return pinnedInputs
}

function toPinnedReads(reads: readonly ReadVersions[]): PinnedReads {
  return new Map(reads.map((read) => [read.relation, read]))
}

/** Lists the files that a partition is pinned to and that were overwritten or removed, by their paths in the landing zone. */
export function listOutdatedPins(
  { graph, landing, pinnedInputs }: Pick<EvaluationInputs, "graph" | "landing" | "pinnedInputs">,
  computation: Computation,
  index: number,
): readonly string[] {
  const pinnedReads = pinnedInputs?.get(computation.name)?.get(index)
  if (pinnedReads === undefined) return []
  const paths = listReadingsAsLanded(graph, computation).flatMap((reading) => {
    const { versions = [], files } = pinnedReads.get(formatStableRelation(reading)) ?? {}
    const outdated = versions.filter(
      ([partition, version]) => getLandedVersion(landing, reading.asset, partition) !== version,
    )
    return outdated.flatMap(([partition]) => files?.get(partition) ?? []).map(({ path }) => path)
  })
  return [...new Set(paths)]
}
