import {
  type Cause,
  type PartitionRange,
  type Refused,
  type Status,
  partitionCount,
  partitionKey,
} from "@freshet/core"

import type { Cost } from "../project/cost.ts"
import type { Project } from "../project/project.ts"
import { causesText } from "../render/causes.ts"
import type { CostedGroup, PlanView, WaitingGroup } from "./plan-view.ts"

/** A plan as JSON: what is made for one reason is one entry, its partitions are ranges. */
export function planDocument(project: Project, view: PlanView): object {
  const { plan, groups, cost, waiting, skipped, refused } = view
  const rangesOf = rangeDocuments(project)
  return {
    targets: [...plan.targets].map(([asset, ranges]) => ({
      asset,
      partitions: rangesOf(asset, ranges),
    })),
    steps: [
      ...plan.checks.map(({ asset, ranges }) => ({
        kind: "check",
        asset: asset.name,
        partitions: rangesOf(asset.name, ranges),
        count: partitionCount(ranges),
        reason: "its checks changed",
        predicted: null,
      })),
      ...groups.map((group) => groupDocument(project, group)),
    ],
    publications: plan.publications.map(({ set, key, assets, before }) => ({
      set,
      partition: key,
      assets,
      shows: before?.partitionKey ?? null,
    })),
    waiting: waitingDocuments(project, waiting),
    refused: refusedDocuments(project, refused),
    skipped: skipped.map(({ asset, ranges, state }) => ({
      asset,
      partitions: rangesOf(asset, ranges),
      count: partitionCount(ranges),
      status: state,
    })),
    predicted: predictedDocument(cost.known),
    without_history: cost.unknown,
  }
}

function predictedDocument(cost: Cost | undefined): object | null {
  if (cost === undefined) return null
  const { rows, bytes, ms, msP90 } = cost
  return { rows, bytes, ms, ms_p90: msP90 }
}

function groupDocument(project: Project, group: CostedGroup): object {
  const { computation, ranges, status, cost } = group
  const outputs = computation.outputs.map(({ asset }) => asset)
  return {
    kind: "materialize",
    computation: computation.name,
    outputs,
    partitions: rangeDocuments(project)(outputs[0] ?? "", ranges),
    count: partitionCount(ranges),
    reason: causesText(project.graph, status),
    status: status.kind,
    causes: causeDocuments(project, status.causes),
    predicted: predictedDocument(cost),
  }
}

/** What is refused as JSON. */
export function refusedDocuments(project: Project, refused: readonly Refused[]): readonly object[] {
  return refused.map(({ asset, ranges, standsOn }) => ({
    asset,
    partitions: rangeDocuments(project)(asset, ranges),
    count: partitionCount(ranges),
    stands_on: standsOn ?? null,
  }))
}

/** What waits as JSON. */
export function waitingDocuments(
  project: Project,
  waiting: readonly WaitingGroup[],
): readonly object[] {
  return waiting.map(({ computation, ranges, waitsFor }) => ({
    computation: computation.name,
    partitions: rangeDocuments(project)(computation.outputs[0]?.asset ?? "", ranges),
    count: partitionCount(ranges),
    waits_for: waitsFor ?? null,
  }))
}

/** A partition's status as JSON. */
export function statusDocument(project: Project, status: Status): object {
  if (status.kind === "fresh") return { status: "fresh" }
  return {
    status: status.kind,
    waits_for: status.waitsFor ?? null,
    causes: causeDocuments(project, status.causes),
    ...(status.kind === "failed" ? { failure: status.failure.message } : {}),
  }
}

/** Causes as JSON, with partitions by key. */
export function causeDocuments(project: Project, causes: readonly Cause[]): readonly object[] {
  const rangesOf = rangeDocuments(project)
  return causes.map((cause) => {
    switch (cause.kind) {
      case "code":
        return { kind: cause.kind }
      case "input":
        return {
          kind: cause.kind,
          changed: cause.changed.map(({ asset, partitions }) => ({
            asset,
            partitions: rangesOf(asset, partitions),
          })),
        }
      case "upstream":
        return {
          kind: cause.kind,
          asset: cause.asset,
          partitions: rangesOf(cause.asset, cause.partitions),
        }
    }
  })
}

/** Ranges of partitions of an asset as JSON, by key. */
export function rangeDocuments(project: Project) {
  const keyOf = keysOf(project)
  return (asset: string, ranges: readonly PartitionRange[]): readonly object[] =>
    ranges.map(({ from, to }) => ({ from: keyOf(asset, from), to: keyOf(asset, to) }))
}

/** Partition indexes of an asset as keys; of an asset that is not declared any more the bare index. */
export function keysOf({ graph }: Project) {
  return (asset: string, index: number): string => {
    const found = graph.assets.get(asset)
    return found === undefined ? String(index) : partitionKey(found.partitions, index)
  }
}
