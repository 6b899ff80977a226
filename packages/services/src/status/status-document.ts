import { type Cause, type Failure, formatCauses, type Status } from "@freshet/core/engine"

import type { CauseDocument, PartitionStatusDocument } from "../documents/asset-status.ts"
import { createRangeConverter } from "../partition-keys.ts"
import type { Project } from "../project.ts"

type ProjectGraph = Pick<Project, "graph">

/** Converts the status of a partition. */
export function toStatusDocument(project: ProjectGraph, status: Status): PartitionStatusDocument {
  const reason = formatCauses(project.graph, status)
  if (status.kind === "fresh")
    return { status: "fresh", blocker: null, causes: [], failure: null, reason }
  return {
    status: status.kind,
    blocker: status.blocker?.text ?? null,
    causes: toCauseDocuments(project, status.causes),
    failure: status.kind === "failed" ? toFailureDocument(status.failure) : null,
    reason,
  }
}

function toFailureDocument({ outcome, message, checks }: Failure) {
  return {
    outcome: outcome === "checks_failed" ? "checks_failed" : outcome,
    message,
    checks,
  } as const
}

/** Converts causes, with partitions by key. */
export function toCauseDocuments(
  project: ProjectGraph,
  causes: readonly Cause[],
): readonly CauseDocument[] {
  const toRangeDocuments = createRangeConverter(project)
  return causes.map((cause) => {
    switch (cause.kind) {
      case "code":
        return { kind: cause.kind }
      case "file":
        return { kind: cause.kind, file: cause.file }
      case "input":
        return {
          kind: cause.kind,
          changed: cause.changed.map(({ asset, partitions }) => ({
            asset,
            partitions: toRangeDocuments(asset, partitions),
          })),
        }
      case "upstream":
        return {
          kind: cause.kind,
          asset: cause.asset,
          partitions: toRangeDocuments(cause.asset, cause.partitions),
        }
    }
  })
}
