import type { ParsedDay } from "./landed-files.ts"

/** A connection of a day, with its exact weight. */
export interface Connection {
  readonly user: number
  readonly other: number
  readonly seconds: bigint
}

/** Finds the closest people of each person, strongest first, in the order of ids. */
export function findConnections(
  { engagements, suspended }: ParsedDay,
  day: string,
  { decayDays, closest }: { readonly decayDays: number; readonly closest: number },
): ReadonlyMap<number, readonly Connection[]> {
  const dayEnd = Date.parse(`${day}T00:00:00Z`) / 1000 + 86_400
  const sums = new Map<number, Map<number, bigint>>()
  for (const { user, engagedWith, second } of engagements) {
    const seconds = decayDays * 86_400 - (dayEnd - second)
    if (seconds <= 0 || suspended.has(user) || suspended.has(engagedWith)) continue
    const others = sums.get(user) ?? new Map<number, bigint>()
    others.set(engagedWith, (others.get(engagedWith) ?? 0n) + BigInt(seconds))
    sums.set(user, others)
  }
  return new Map(
    [...sums].map(([user, others]) => {
      const connections = [...others].map(([other, seconds]) => ({ user, other, seconds }))
      return [user, connections.toSorted(compareStrength).slice(0, closest)] as const
    }),
  )
}

/** Orders the strongest first, equals by id. */
export function compareStrength(
  one: { readonly seconds: bigint; readonly other: number },
  another: { readonly seconds: bigint; readonly other: number },
): number {
  if (one.seconds !== another.seconds) return one.seconds > another.seconds ? -1 : 1
  return one.other - another.other
}

/** Formats seconds as a weight with 8 places, rounded half up. */
export function formatWeight(seconds: bigint, decayDays: number): string {
  const unit = BigInt(decayDays * 86_400)
  const scaled = (2n * seconds * 10n ** 8n + unit) / (2n * unit)
  const digits = String(scaled).padStart(9, "0")
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`
}
