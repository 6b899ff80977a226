import { sourceSums } from "./content-sums.ts"
import type { World } from "./inputs.ts"
import { deskOf, judge } from "./judge.ts"
import { numberedGraph } from "./numbered-graph.ts"
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
  const { sources, computations } = numberedGraph(graph)
  for (const { source, number } of sources) desk.sums[number] = sourceSums(world, source)
  for (const each of computations) states.set(each.computation.name, judge(desk, each))
  return evaluation
}
