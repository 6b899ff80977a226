import type { Engagement } from "./engagements.ts"

export interface Connection extends Engagement {
  readonly weight: number
}

export interface Rec {
  readonly user_id: number
  readonly rec_id: number
  readonly weight: number
}

export interface RecReason {
  readonly user_id: number
  readonly rec_id: number
  readonly reason_id: number
}

export interface Recommendations {
  readonly recs: readonly Rec[]
  readonly reasons: readonly RecReason[]
}

/** Each user's `count` strongest connections: most engagements first, then the smaller id. */
export function closest(engagements: readonly Engagement[], count: number): readonly Connection[] {
  return strongest(summed(engagements.map((engagement) => ({ ...engagement, weight: 1 }))), count)
}

/**
 * What a user's closest users are closest to, without what `isExcluded` refuses. A recommendation
 * weighs the sum of the second connections' weights (the first one's weight does not count), and
 * its reasons are the users through whom it was reached.
 */
export function recommend(
  connections: { readonly first: readonly Connection[]; readonly second: readonly Connection[] },
  isExcluded: (user_id: number, candidate: number) => boolean,
  count: number,
): Recommendations {
  const candidates = connections.first
    .flatMap((first) => secondDegree(first, connections.second))
    .filter((each) => !isExcluded(each.user_id, each.engaged_with_id))
  const recs = strongest(summed(candidates), count).map((each) => ({
    user_id: each.user_id,
    rec_id: each.engaged_with_id,
    weight: each.weight,
  }))
  const kept = new Set(recs.map((rec) => `${rec.user_id} ${rec.rec_id}`))
  const reasons = candidates
    .filter((each) => kept.has(`${each.user_id} ${each.engaged_with_id}`))
    .map(({ user_id, engaged_with_id, reason_id }) => ({
      user_id,
      rec_id: engaged_with_id,
      reason_id,
    }))
  return { recs: recs.toSorted(byIds), reasons: reasons.toSorted(byIds) }
}

function secondDegree(first: Connection, second: readonly Connection[]) {
  return second
    .filter((each) => each.user_id === first.engaged_with_id)
    .map((each) => ({ ...each, user_id: first.user_id, reason_id: first.engaged_with_id }))
}

function summed(connections: readonly Connection[]): readonly Connection[] {
  const sums = new Map<string, Connection>()
  for (const { user_id, engaged_with_id, weight } of connections) {
    const key = `${user_id} ${engaged_with_id}`
    const before = sums.get(key)?.weight ?? 0
    sums.set(key, { user_id, engaged_with_id, weight: before + weight })
  }
  return [...sums.values()]
}

function strongest(connections: readonly Connection[], count: number): readonly Connection[] {
  const users = [...new Set(connections.map((each) => each.user_id))].toSorted((a, b) => a - b)
  return users.flatMap((user) =>
    connections
      .filter((each) => each.user_id === user)
      .toSorted((a, b) => b.weight - a.weight || a.engaged_with_id - b.engaged_with_id)
      .slice(0, count),
  )
}

interface Ids {
  readonly user_id: number
  readonly rec_id: number
  readonly reason_id?: number
}

function byIds(a: Ids, b: Ids): number {
  const byPair = a.user_id - b.user_id || a.rec_id - b.rec_id
  return byPair || (a.reason_id ?? 0) - (b.reason_id ?? 0)
}
