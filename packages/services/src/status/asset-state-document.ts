import { formatMainCause, type Graph } from "@freshet/core/engine"

import type { AssetStateDocument } from "../documents/asset-state.ts"
import { toIsoTime } from "../iso-time.ts"
import type { AssetState, DeadlineState } from "./asset-state.ts"
import { toStatusDocument } from "./status-document.ts"

/** Converts the state of an asset or a source. */
export function toAssetStateDocument(graph: Graph, state: AssetState): AssetStateDocument {
  const { name, group, kind, materializedMs, deadline } = state
  return {
    name,
    group,
    kind,
    ...toStatusFields(graph, state),
    failed_upstream: state.failedUpstream ?? null,
    newest_partition: state.newest ?? null,
    partition_noun: state.partitioned ? state.noun : null,
    partitions: pickCounts(state),
    rows: state.rows ?? null,
    bytes: state.bytes ?? null,
    ms: state.durationMs ?? null,
    materialized_at: materializedMs === undefined ? null : toIsoTime(materializedMs),
    ...toDeadlineFields(deadline),
    checks: { failed_errors: state.failedErrors, failed_warnings: state.failedWarnings },
  }
}

function toDeadlineFields(deadline: DeadlineState | undefined) {
  const fields = { deadline: deadline?.kind ?? null, overdue: null, due_soon: null }
  if (deadline === undefined || deadline.kind === "on_time") return fields
  const partition = { partition: deadline.partitionKey, due_at: toIsoTime(deadline.dueMs) }
  return deadline.kind === "overdue"
    ? { ...fields, overdue: { ...partition, reason: deadline.reason } }
    : { ...fields, due_soon: { ...partition, expected_at: toIsoTime(deadline.expectedMs) } }
}

function toStatusFields(graph: Graph, { status, newest }: AssetState) {
  if (status !== undefined)
    return { ...toStatusDocument({ graph }, status), main_cause: formatMainCause(graph, status) }
  const reason = newest === undefined ? "nothing landed" : "source"
  const sourceFields = { status: "source", blocker: null, causes: [], failure: null } as const
  return { ...sourceFields, reason, main_cause: reason }
}

function pickCounts({ partitions }: AssetState): AssetStateDocument["partitions"] {
  const { total, fresh, stale, missing, failed, blocked } = partitions
  return { total, fresh, stale, missing, failed, blocked }
}
