import {
  canBecomeReady,
  findWaitingSets,
  getAsset,
  groupPublicationSets,
  type WaitingSet,
} from "@freshet/core/engine"

import type { WaitingSetDocument } from "../documents/waiting-set.ts"
import { toIsoTime } from "../iso-time.ts"
import type { Project } from "../project.ts"
import { findPassedDueMs } from "./deadline.ts"

/** Lists the publication sets that cannot move although everything that can be materialized is; only some sets if named. */
export function listWaitingSets(
  project: Project,
  sets: Iterable<string> = groupPublicationSets(project.graph).keys(),
): readonly WaitingSetDocument[] {
  const { evaluation } = project
  const waitingSets = findWaitingSets(evaluation, sets, (asset, partition) =>
    canBecomeReady(evaluation, asset, partition),
  )
  return waitingSets.map((waitingSet) => toWaitingSetDocument(project, waitingSet))
}

/** Describes a waiting publication set. */
export function toWaitingSetDocument(
  { evaluation, graph, nowMs }: Project,
  { set, assets, partition, key, published, waitsFor }: WaitingSet,
): WaitingSetDocument {
  const canMaterialize = waitsFor.every(({ asset }) =>
    canBecomeReady(evaluation, getAsset(graph, asset), partition),
  )
  const deadlines = assets.flatMap(
    (asset) => findPassedDueMs(evaluation, asset, { partition, nowMs }) ?? [],
  )
  return {
    set,
    partition: key,
    published: published ?? null,
    waits_for: waitsFor,
    overdue_since: deadlines.length === 0 ? null : toIsoTime(Math.min(...deadlines)),
    command: canMaterialize ? formatMaterializeCommand(waitsFor.map(({ asset }) => asset)) : null,
  }
}

function formatMaterializeCommand(names: readonly string[]): string {
  const [name = ""] = names
  return `freshet materialize ${names.length === 1 ? name : `"${names.join(" or ")}"`}`
}
