import type { PartitionRow } from "../../api/documents.ts"

/** Returns the reason of a partition's state as a sentence; empty when the state says everything. */
export function capitalizeReason({ reason, state }: PartitionRow): string {
  if (reason === state) return ""
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
}
