import { count } from "./amount.ts"

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
export function recommendationLines(recommendations: readonly Recommendation[]): readonly string[] {
  if (recommendations.length === 0) return ["PostgreSQL has no recommendation yet."]
  return [
    "From PostgreSQL:",
    ...recommendations.flatMap(({ reader, recommended, strength, through, rooms }) => [
      `  ${reader}: you might follow ${recommended} (strength ${count(strength)}),`,
      `    because you engage with ${listed(through)}, and they with ${recommended}.`,
      ...(rooms.length > 0
        ? [`    You might like ${rooms.length === 1 ? "the room" : "the rooms"} ${listed(rooms)}.`]
        : []),
    ]),
  ]
}

/** `a`, `a and b`, `a, b and 5 others`. */
export function listed(names: readonly string[]): string {
  const shown = names.length > 3 ? names.slice(0, 2) : names
  const rest = names.length - shown.length
  const all = rest > 0 ? [...shown, `${count(rest)} others`] : shown
  return all.length < 2 ? (all[0] ?? "") : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`
}
