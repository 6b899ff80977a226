import { formatCount } from "@freshet/core/engine"

/** A user's strongest recommendation, with the users through whom it was found. */
export interface Recommendation {
  readonly reader: string
  readonly recommended: string
  readonly strength: number
  readonly through: readonly string[]
  /** Rooms recommended to the same user. */
  readonly rooms: readonly string[]
}

/** Recommendations in words. */
export function formatRecommendations(
  recommendations: readonly Recommendation[],
): readonly string[] {
  if (recommendations.length === 0) return ["PostgreSQL has no recommendation yet."]
  return [
    "From PostgreSQL:",
    ...recommendations.flatMap(({ reader, recommended, strength, through, rooms }) => [
      `  ${reader}: you might follow ${recommended} (strength ${formatCount(strength)}),`,
      `    because you engage with ${formatNameList(through)}, and they with ${recommended}.`,
      ...(rooms.length > 0
        ? [
            `    You might like ${rooms.length === 1 ? "the room" : "the rooms"} ${formatNameList(rooms)}.`,
          ]
        : []),
    ]),
  ]
}

/** `a`, `a and b`, `a, b and 5 others`. */
export function formatNameList(names: readonly string[]): string {
  const firstNames = names.length > 3 ? names.slice(0, 2) : names
  const otherCount = names.length - firstNames.length
  const items = otherCount > 0 ? [...firstNames, `${formatCount(otherCount)} others`] : firstNames
  return items.length < 2
    ? (items[0] ?? "")
    : `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`
}
