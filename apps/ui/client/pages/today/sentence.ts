import type { AttentionCause, StatusDocument } from "../../api/documents.ts"
import { formatNumberWord } from "../../format.ts"

/** Says in one sentence or two if everything is fresh, and if not, the causes. */
export function describeProject(
  { assets, fresh, overdue }: StatusDocument["summary"],
  causes: readonly AttentionCause[],
): string {
  if (assets === 0) return "No assets yet."
  const isAllFresh = fresh === assets
  const head = formatFreshCount(fresh, assets)
  if (isAllFresh)
    return overdue === 0
      ? `${head}.`
      : `${head}; ${overdue} ${overdue === 1 ? "is" : "are"} overdue.`
  const clauses = causeKinds.flatMap((kind) => describeKind(causes, kind))
  const [first, ...more] = clauses
  if (first === undefined) return `${head}.`
  return `${head}. ${[first, ...more.map(lowerFirst)].join("; ")}.`
}

function formatFreshCount(fresh: number, assets: number): string {
  if (assets === 1) return fresh === 1 ? "The asset is fresh" : "The asset is not fresh"
  if (fresh === assets) return `All ${assets} assets are fresh`
  const count = fresh === 0 ? "None" : String(fresh)
  return `${count} of ${assets} assets ${fresh === 1 ? "is" : "are"} fresh`
}

const causeKinds: readonly AttentionCause["kind"][] = [
  "failed",
  "blocked",
  "changed",
  "code",
  "missing",
]

function describeKind(
  allCauses: readonly AttentionCause[],
  kind: AttentionCause["kind"],
): readonly string[] {
  const causes = allCauses.filter((cause) => cause.kind === kind)
  if (causes.length === 0) return []
  const affected = new Set(causes.flatMap((cause) => cause.affected)).size
  const count = formatNumberWord(causes.length)
  const [one, makes] = [causes.length === 1, causes.length === 1 ? "makes" : "make"]
  switch (kind) {
    case "failed": {
      const blocked = affected - causes.length
      const noun = one ? "asset failed" : "assets failed"
      return [`${count} ${noun}${blocked > 0 ? ` and ${one ? "blocks" : "block"} ${blocked}` : ""}`]
    }
    case "blocked":
      return [`${formatNumberWord(affected)} ${affected === 1 ? "is" : "are"} blocked`]
    case "changed":
      return [`${count} changed ${one ? "input" : "inputs"} ${makes} ${affected} stale`]
    case "code":
      return [`${count} changed ${one ? "declaration" : "declarations"} ${makes} ${affected} stale`]
    case "missing":
      return [`${formatNumberWord(affected)} ${affected === 1 ? "was" : "were"} never materialized`]
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
