import { useMemo } from "react"

import type { AttentionCause, AttentionDocument } from "./api/documents.ts"
import { useDocument } from "./api/use-document.ts"

/** Reads the root cause of each asset that is not fresh, in a few words; beside its state the place of a change is enough. */
export function useRootCauses(style: "words" | "place" = "words"): ReadonlyMap<string, string> {
  const { data } = useDocument<AttentionDocument>("/api/attention")
  return useMemo(() => {
    const causes = (data?.causes ?? []).toReversed() // the most severe cause of an asset is set last
    return new Map(
      causes.flatMap((cause) => cause.affected.map((name) => [name, describe(cause, style)])),
    )
  }, [data, style])
}

function describe(
  { kind, subject, partitions_text: partitions, reason }: AttentionCause,
  style: "words" | "place",
): string {
  if (subject === null) return "never materialized"
  const place = `${subject} ${partitions}`.trim()
  if (kind === "changed") return style === "place" ? place : `${place} changed`
  return kind === "code" ? `${subject} has another declaration` : reason
}
