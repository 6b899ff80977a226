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
export function findClosest(
  engagements: readonly Engagement[],
  count: number,
): readonly Connection[] {
  return selectStrongest(
    sumWeights(engagements.map((engagement) => ({ ...engagement, weight: 1 }))),
    count,
  )
}

/**
 * Recommends the closest connections of a user's closest users, except those that `isExcluded` rejects. The weight of a
 * recommendation is the sum of the second connections' weights (the first one's weight does not count), and its reasons
 * are the users through whom it was reached.
 */
export function recommend(
  connections: { readonly first: readonly Connection[]; readonly second: readonly Connection[] },
  isExcluded: (user_id: number, candidate: number) => boolean,
  count: number,
): Recommendations {
  const candidates = connections.first
    .flatMap((first) => joinSecondDegree(first, connections.second))
    .filter((candidate) => !isExcluded(candidate.user_id, candidate.engaged_with_id))
  const recs = selectStrongest(sumWeights(candidates), count).map((connection) => ({
    user_id: connection.user_id,
    rec_id: connection.engaged_with_id,
    weight: connection.weight,
  }))
  const recommendedPairs = new Set(recs.map((rec) => `${rec.user_id} ${rec.rec_id}`))
  const reasons = candidates
    .filter((candidate) =>
      recommendedPairs.has(`${candidate.user_id} ${candidate.engaged_with_id}`),
    )
    .map(({ user_id, engaged_with_id, reason_id }) => ({
      user_id,
      rec_id: engaged_with_id,
      reason_id,
    }))
  return { recs: recs.toSorted(compareIds), reasons: reasons.toSorted(compareIds) }
}

function joinSecondDegree(first: Connection, second: readonly Connection[]) {
  return second
    .filter((connection) => connection.user_id === first.engaged_with_id)
    .map((connection) => ({
      ...connection,
      user_id: first.user_id,
      reason_id: first.engaged_with_id,
    }))
}

function sumWeights(connections: readonly Connection[]): readonly Connection[] {
  const sums = new Map<string, Connection>()
  for (const { user_id, engaged_with_id, weight } of connections) {
    const key = `${user_id} ${engaged_with_id}`
    const previousWeight = sums.get(key)?.weight ?? 0
    sums.set(key, { user_id, engaged_with_id, weight: previousWeight + weight })
  }
  return [...sums.values()]
}

function selectStrongest(connections: readonly Connection[], count: number): readonly Connection[] {
  const users = [...new Set(connections.map((connection) => connection.user_id))].toSorted(
    (a, b) => a - b,
  )
  return users.flatMap((user) =>
    connections
      .filter((connection) => connection.user_id === user)
      .toSorted((a, b) => b.weight - a.weight || a.engaged_with_id - b.engaged_with_id)
      .slice(0, count),
  )
}

interface Ids {
  readonly user_id: number
  readonly rec_id: number
  readonly reason_id?: number
}

function compareIds(a: Ids, b: Ids): number {
  const byPair = a.user_id - b.user_id || a.rec_id - b.rec_id
  return byPair || (a.reason_id ?? 0) - (b.reason_id ?? 0)
}
