import { formatCount } from "@freshet/core/engine"
import type { RecommendationDocument } from "@freshet/services"

/** Formats recommendations as sentences. */
export function formatRecommendations(
  recommendations: readonly RecommendationDocument[],
): readonly string[] {
  if (recommendations.length === 0) return ["PostgreSQL has no recommendations yet."]
  return ["From PostgreSQL:", ...recommendations.flatMap(formatRecommendation)]
}

function formatRecommendation({
  reader,
  recommended,
  strength,
  through,
  rooms,
}: RecommendationDocument): readonly string[] {
  const roomNoun = rooms.length === 1 ? "the room" : "the rooms"
  return [
    `  ${reader}: you might follow ${recommended} (strength ${formatCount(strength)}),`,
    `    because you engage with ${formatNameList(through)}, and they with ${recommended}.`,
    ...(rooms.length > 0 ? [`    You might like ${roomNoun} ${formatNameList(rooms)}.`] : []),
  ]
}

/** Joins names: `a`, `a and b`, `a, b and 5 others`. */
function formatNameList(names: readonly string[]): string {
  const firstNames = names.length > 3 ? names.slice(0, 2) : names
  const otherCount = names.length - firstNames.length
  const items = otherCount > 0 ? [...firstNames, `${formatCount(otherCount)} others`] : firstNames
  return items.length < 2
    ? (items[0] ?? "")
    : `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`
}
