import { sourcesOf } from "../graph/graph.ts"
import { sourceSums } from "./content-sums.ts"
import type { World } from "./inputs.ts"
import { deskOf, judge } from "./judge.ts"
import type { Snapshot } from "./snapshot.ts"
import type { Evaluation, States } from "./states.ts"
import { type Hash, type ParsedQueries, versionsOf } from "./version.ts"

/** Judges every partition: fresh means that something is kept which was made from exactly what would be read now. */
export function evaluate(
  world: World,
  snapshot: Snapshot,
  parsed: ParsedQueries,
  hash: Hash,
): Evaluation {
  const { graph } = world
  const { codeVersions, checkVersions } = versionsOf(graph, parsed, hash)
  const states = new Map<string, States>()
  const evaluation = { ...world, snapshot, codeVersions, checkVersions, states }
  const desk = deskOf(evaluation)
  for (const source of sourcesOf(graph)) {
    const own = sourceSums(world, source, desk.pool)
    if (own !== undefined) desk.sums.set(source.name, own)
  }
  for (const computation of graph.computations)
    states.set(computation.name, judge(desk, computation))
  return evaluation
}
