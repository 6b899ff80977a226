import { compareStrength, type Connection } from "./connections.ts"
import type { ParsedDay } from "./landed-files.ts"

/** A person recommended to another, with the weights of the reasons. */
export interface Recommendation {
  readonly user: number
  readonly other: number
  readonly seconds: bigint
  readonly reasons: ReadonlyMap<number, bigint>
}

export interface RecommendSettings {
  readonly recommendations: number
  readonly order: "filterThenCut" | "cutThenFilter"
}

/** Recommends the strongest connections of connections whose score is above three quarters, given as good and all weeks. */
export function recommend(
  connections: ReadonlyMap<number, readonly Connection[]>,
  { follows }: ParsedDay,
  weeks: ReadonlyMap<number, readonly [good: number, all: number]>,
  { recommendations, order }: RecommendSettings,
): readonly Recommendation[] {
  const followed = new Set(follows.map(({ user, engagedWith }) => `${user} ${engagedWith}`))
  const isReputable = ({ other }: Recommendation) => {
    const [good, all] = weeks.get(other) ?? [0, 1]
    return good * 4 > all * 3
  }
  return [...connections].flatMap(([user, closest]) => {
    const candidates = new Map<number, Map<number, bigint>>()
    for (const { other: reason } of closest)
      for (const { other, seconds } of connections.get(reason) ?? []) {
        if (other === user || followed.has(`${user} ${other}`)) continue
        const reasons = candidates.get(other) ?? new Map<number, bigint>()
        candidates.set(other, reasons.set(reason, seconds))
      }
    const all = [...candidates].map(([other, reasons]) => {
      const seconds = [...reasons.values()].reduce((sum, weight) => sum + weight, 0n)
      return { user, other, seconds, reasons }
    })
    const sorted = all.toSorted(compareStrength)
    return order === "filterThenCut"
      ? sorted.filter(isReputable).slice(0, recommendations)
      : sorted.slice(0, recommendations).filter(isReputable)
  })
}
