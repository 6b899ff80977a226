import { aliasTable, drawIndex } from "./alias-table.ts"
import type { AliasTable } from "./alias-table.ts"
import type { DemoDataSizes } from "./demo-data-options.ts"
import { randomFrom, shuffledIds } from "./random.ts"
import type { Random } from "./random.ts"
import { zipfWeights } from "./zipf.ts"

/** Who there is: users and rooms in communities, and how often each user acts. */
export interface Population {
  readonly communities: number
  readonly users: Crowd
  readonly rooms: Crowd
  /** Users by how often they act. */
  readonly actors: Pool
}

/** Users or rooms, by popularity, all together and by community. */
export interface Crowd {
  /** Community by id; the entry of id 0 means nothing. */
  readonly communityOf: Int32Array
  readonly everyone: Pool
  readonly circles: readonly Pool[]
}

/** Ids to draw from, each with its weight. */
export interface Pool {
  readonly ids: Int32Array
  readonly table: AliasTable
}

const INSIDE_PERCENT = 70
const ACTIVITY_EXPONENT = 0.8
const POPULARITY_EXPONENT = 1
const USERS_PER_COMMUNITY = 250
const ROOMS_PER_COMMUNITY = 10

/** The population of a seed: independent of which days are generated. */
export function population(seed: number, sizes: DemoDataSizes): Population {
  const communities = Math.max(
    2,
    Math.min(
      Math.floor(sizes.users / USERS_PER_COMMUNITY),
      Math.floor(sizes.rooms / ROOMS_PER_COMMUNITY),
    ),
  )
  return {
    communities,
    users: crowd(randomFrom(seed, "users"), sizes.users, communities),
    rooms: crowd(randomFrom(seed, "rooms"), sizes.rooms, communities),
    actors: {
      ids: shuffledIds(sizes.users, randomFrom(seed, "actors")),
      table: aliasTable(zipfWeights(sizes.users, ACTIVITY_EXPONENT)),
    },
  }
}

/** An id of the pool, by weight. */
export function drawId(pool: Pool, random: Random): number {
  return pool.ids[drawIndex(pool.table, random)] ?? 0
}

/** Whether a target is taken from the actor's own community: seven times in ten. */
export function isInside(random: Random): boolean {
  return random.below(100) < INSIDE_PERCENT
}

/** An id that somebody of the community engages with. */
export function drawTarget(from: Crowd, community: number, random: Random): number {
  const circle = isInside(random) ? from.circles[community] : undefined
  return drawId(circle ?? from.everyone, random)
}

/** The most popular of the crowd are spread over all communities first, so that none is empty. */
function crowd(random: Random, count: number, communities: number): Crowd {
  const ids = shuffledIds(count, random)
  const weights = zipfWeights(count, POPULARITY_EXPONENT)
  const sizes = aliasTable(
    Float64Array.from({ length: communities }, (_, index) => 1 / (index + 8)),
  )
  const communityOf = new Int32Array(count + 1)
  const ranks: number[][] = Array.from({ length: communities }, () => [])
  ids.forEach((id, rank) => {
    const community = rank < communities ? rank : drawIndex(sizes, random)
    communityOf[id] = community
    ranks[community]?.push(rank)
  })
  const circles = ranks.map((members) => ({
    ids: Int32Array.from(members, (rank) => ids[rank] ?? 0),
    table: aliasTable(members.map((rank) => weights[rank] ?? 0)),
  }))
  return { communityOf, everyone: { ids, table: aliasTable(weights) }, circles }
}
