import {
  type Cause,
  type Plan,
  type Status,
  type Step,
  partitionKey,
  stepReason,
} from "@freshet/core"

import type { Project } from "../project/project.ts"

/** A plan as JSON. */
export function planDocument(project: Project, plan: Plan): object {
  const keysOf = partitionKeys(project)
  return {
    targets: [...plan.targets].map(([asset, { from, to }]) => {
      const [first, last] = keysOf(asset, [from, to])
      return { asset, from: first, to: last }
    }),
    steps: plan.steps.map((step) => stepDocument(project, step)),
    publications: plan.publications.map(({ set, key, assets, before }) => ({
      set,
      partition: key,
      assets,
      shows: before?.partitionKey ?? null,
    })),
    waiting: plan.waiting.map(({ computation, key, waitsFor }) => ({
      computation,
      partition: key,
      waits_for: waitsFor,
    })),
  }
}

function stepDocument(project: Project, step: Step): object {
  const { id, kind, key, after } = step
  const reason = stepReason(project.graph, step)
  if (step.kind === "check")
    return { id, kind, asset: step.asset.name, partition: key, reason, after }
  const outputs = step.computation.outputs.map(({ asset }) => asset)
  const { status } = step
  const common = { id, kind, computation: step.computation.name, outputs, partition: key, reason }
  return { ...common, status: status.kind, causes: causeDocuments(project, status.causes), after }
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
  const keysOf = partitionKeys(project)
  return causes.map((cause) => {
    switch (cause.kind) {
      case "code":
        return { kind: cause.kind }
      case "input":
        return {
          kind: cause.kind,
          changed: cause.changed.map(({ asset, partitions }) => ({
            asset,
            partitions: keysOf(asset, partitions),
          })),
        }
      case "upstream":
        return {
          kind: cause.kind,
          asset: cause.asset,
          partitions: keysOf(cause.asset, cause.partitions),
        }
    }
  })
}

/** Partition indexes of an asset as keys. */
export function partitionKeys({ graph }: Project) {
  return (asset: string, partitions: readonly number[]): readonly string[] => {
    const found = graph.assets.get(asset)
    return partitions.map((index) =>
      found === undefined ? String(index) : partitionKey(found.partitions, index),
    )
  }
}
