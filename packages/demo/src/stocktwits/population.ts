import { createRandom, type Random, shuffleIds } from "@freshet/core/engine"

import { buildAliasTable, drawIndex } from "../alias-table.ts"
import type { AliasTable } from "../alias-table.ts"
import { computeZipfWeights } from "../zipf.ts"
import type { StocktwitsDemoSizes } from "./options.ts"

/** Users and rooms in communities, and the activity of each user. */
export interface Population {
  readonly communityCount: number
  readonly users: Crowd
  readonly rooms: Crowd
  /** Users by activity. */
  readonly actors: Pool
}

/** Users or rooms by popularity, in total and by community. */
export interface Crowd {
  /** Community by id; the entry of id 0 is unused. */
  readonly communityById: Int32Array
  readonly pool: Pool
  readonly communityPools: readonly Pool[]
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

/** Generates the population of a seed, independently of the generated days. */
export function createPopulation(seed: number, sizes: StocktwitsDemoSizes): Population {
  const communityCount = Math.max(
    2,
    Math.min(
      Math.floor(sizes.users / USERS_PER_COMMUNITY),
      Math.floor(sizes.rooms / ROOMS_PER_COMMUNITY),
    ),
  )
  return {
    communityCount,
    users: createCrowd(createRandom(seed, "users"), sizes.users, communityCount),
    rooms: createCrowd(createRandom(seed, "rooms"), sizes.rooms, communityCount),
    actors: {
      ids: shuffleIds(sizes.users, createRandom(seed, "actors")),
      table: buildAliasTable(computeZipfWeights(sizes.users, ACTIVITY_EXPONENT)),
    },
  }
}

/** Draws an id of the pool by weight. */
export function drawId(pool: Pool, random: Random): number {
  return pool.ids[drawIndex(pool.table, random)] ?? 0
}

/** Decides if a target is of the actor's community: seven times in ten. */
export function isInsideCommunity(random: Random): boolean {
  return random.below(100) < INSIDE_PERCENT
}

/** Draws an id that a user of the community engages with. */
export function drawTarget(crowd: Crowd, community: number, random: Random): number {
  const communityPool = isInsideCommunity(random) ? crowd.communityPools[community] : undefined
  return drawId(communityPool ?? crowd.pool, random)
}

/** Spreads the most popular ids over all communities first, so that none is empty. */
function createCrowd(random: Random, count: number, communityCount: number): Crowd {
  const ids = shuffleIds(count, random)
  const weights = computeZipfWeights(count, POPULARITY_EXPONENT)
  const sizes = buildAliasTable(
    Float64Array.from({ length: communityCount }, (_, index) => 1 / (index + 8)),
  )
  const communityById = new Int32Array(count + 1)
  const ranks: number[][] = Array.from({ length: communityCount }, () => [])
  ids.forEach((id, rank) => {
    const community = rank < communityCount ? rank : drawIndex(sizes, random)
    communityById[id] = community
    ranks[community]?.push(rank)
  })
  const communityPools = ranks.map((members) => ({
    ids: Int32Array.from(members, (rank) => ids[rank] ?? 0),
    table: buildAliasTable(members.map((rank) => weights[rank] ?? 0)),
  }))
  return { communityById, pool: { ids, table: buildAliasTable(weights) }, communityPools }
}
