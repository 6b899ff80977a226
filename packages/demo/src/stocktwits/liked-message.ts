import type { Random } from "@freshet/core/engine"

import { buildAliasTable, drawIndex } from "../alias-table.ts"
import { computeZipfWeights } from "../zipf.ts"
import type { DayMessages } from "./day-messages.ts"
import { isInsideCommunity } from "./population.ts"

const TWO_32 = 2 ** 32
const VIRAL_PERCENT = 20
const ages = buildAliasTable([780, 110, 45, 25, 15, 11, 9, 5]) // of 1,000 likes, by days since the message
const viralRanks = buildAliasTable(computeZipfWeights(4096, 1))

/**
 * Draws the id of a message that a user of the community likes when the share `quantile` / 2^32 of the
 * day is over: mostly a recent message, sometimes a viral one, always one written before.
 */
export function drawLikedMessageId(
  recent: readonly DayMessages[],
  community: number,
  quantile: number,
  random: Random,
): number {
  const age = drawIndex(ages, random)
  const findLiked = isInsideCommunity(random) ? createCommunityFinder(community) : findLikedAmongAll
  const messageId = findLiked(recent[age], age === 0 ? quantile : TWO_32, random)
  return messageId ?? findLikedAmongAll(recent[1], TWO_32, random) ?? 1
}

type FindLiked = (
  messages: DayMessages | undefined,
  quantile: number,
  random: Random,
) => number | undefined

const findLikedAmongAll: FindLiked = (messages, quantile, random) => {
  if (messages === undefined) return undefined
  const messageCount = messages.authors.length
  const writtenCount = Math.floor((messageCount * quantile) / TWO_32)
  if (writtenCount === 0) return undefined
  return messages.firstId + drawWrittenIndex(writtenCount, messageCount, messages.day, random)
}

function createCommunityFinder(community: number): FindLiked {
  return (messages, quantile, random) => {
    if (messages === undefined) return undefined
    const from = messages.starts[community] ?? 0
    const to = messages.starts[community + 1] ?? 0
    const limit = Math.floor((messages.authors.length * quantile) / TWO_32)
    const writtenCount = countBelow(limit, messages.places, from, to)
    if (writtenCount === 0) return undefined
    const index = from + drawWrittenIndex(writtenCount, to - from, messages.day, random)
    return messages.firstId + (messages.places[index] ?? 0)
  }
}

/** Draws an index below `written`: a viral message if it is written already, otherwise a recent one. */
function drawWrittenIndex(
  writtenCount: number,
  messageCount: number,
  day: number,
  random: Random,
): number {
  if (random.below(100) < VIRAL_PERCENT) {
    const viralIndex = Math.floor(
      (scatterRank(drawIndex(viralRanks, random), day) * messageCount) / TWO_32,
    )
    if (viralIndex < writtenCount) return viralIndex
  }
  const ageShare = (random.next() / TWO_32) * (random.next() / TWO_32)
  return writtenCount - 1 - Math.floor(writtenCount * ageShare)
}

function scatterRank(rank: number, day: number): number {
  const hash = Math.imul(rank + 1, 0x9e3779b1) ^ Math.imul(day, 0x85ebca6b)
  return Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) >>> 0
}

function countBelow(limit: number, places: Int32Array, from: number, to: number): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? limit) < limit) low = middle + 1
    else high = middle
  }
  return low - from
}
