import { createRandom, type Random } from "@freshet/core/engine"

import { buildAliasTable, drawIndex } from "../alias-table.ts"
import { adjectives, animals, gatherings } from "../name-words.ts"
import type { StocktwitsDemoSizes } from "./options.ts"
import { approaches, assetClasses, drawWord, drawWords, experiences } from "./vocabularies.ts"
import { holdingPeriods, topics } from "./vocabularies.ts"

/** A snapshot of users and rooms, counted from 0. */
export interface SnapshotRequest {
  readonly seed: number
  readonly sizes: StocktwitsDemoSizes
  readonly snapshot: number
}

const FEWEST_DAYS_BETWEEN = 3
const NEW_ONE_IN = 1000
const CHANGED_ONE_IN = 500

const assetCounts = buildAliasTable([1730, 1633, 1637])
const topicCounts = buildAliasTable([522, 127, 351])

/** Lists the days with a snapshot of users and rooms: the first, and at most four later ones. */
export function chooseSnapshotDays(range: {
  readonly from: number
  readonly to: number
}): number[] {
  const days = range.to - range.from + 1
  const step = Math.max(FEWEST_DAYS_BETWEEN, Math.ceil(days / 4))
  return Array.from({ length: Math.ceil(days / step) }, (_, index) => range.from + index * step)
}

/** Formats the users file of a snapshot. A later snapshot has a few more users, and a few with changed profiles. */
export function generateUsersCsv({ seed, sizes, snapshot }: SnapshotRequest): string {
  const random = createRandom(seed, "user rows")
  const changes = drawChanges("user changes", { seed, snapshot, count: sizes.users })
  const numbers = Math.max(100, Math.floor(sizes.users / 50))
  const lines = ["id,username,experience,approach,holding_period,assets_traded"]
  for (let id = 1; id <= countRows(sizes.users, snapshot); id += 1) {
    const name = `${pick(adjectives, random)}${pick(animals, random)}${random.below(numbers)}`
    const profile = drawProfile(random)
    const change = changes.get(id)
    lines.push(
      [id, name, ...(change === undefined ? profile : changeProfile(profile, change))].join(","),
    )
  }
  return `${lines.join("\n")}\n`
}

/** Formats the rooms file of a snapshot. A later snapshot has a few more rooms, and a few with changed topics. */
export function generateRoomsCsv({ seed, sizes, snapshot }: SnapshotRequest): string {
  const random = createRandom(seed, "room rows")
  const changes = drawChanges("room changes", { seed, snapshot, count: sizes.rooms })
  const lines = ["id,slug,topics"]
  for (let id = 1; id <= countRows(sizes.rooms, snapshot); id += 1) {
    const adjective = pick(adjectives, random)
    const capital = adjective.charAt(0).toUpperCase() + adjective.slice(1)
    const originalTopics = drawTopics(random)
    const change = changes.get(id)
    const currentTopics = change === undefined ? originalTopics : drawTopics(change)
    lines.push(`${id},${capital}${pick(gatherings, random)}${id},${currentTopics}`)
  }
  return `${lines.join("\n")}\n`
}

function countRows(first: number, snapshot: number): number {
  return first + snapshot * Math.ceil(first / NEW_ONE_IN)
}

/** Finds the ids that changed up to the snapshot, each with the random stream of its latest change. */
function drawChanges(
  changeKind: string,
  { seed, snapshot, count }: { seed: number; snapshot: number; count: number },
): Map<number, Random> {
  const changes = new Map<number, Random>()
  for (let at = 1; at <= snapshot; at += 1) {
    const random = createRandom(seed, changeKind, at)
    for (
      let remainingChanges = Math.ceil(count / CHANGED_ONE_IN);
      remainingChanges > 0;
      remainingChanges -= 1
    ) {
      const id = 1 + random.below(count)
      changes.set(id, createRandom(seed, changeKind, at, id))
    }
  }
  return changes
}

/** Draws experience, approach, holding period and asset classes. */
function drawProfile(random: Random): string[] {
  return [
    drawWord(experiences, random),
    drawWord(approaches, random),
    drawWord(holdingPeriods, random),
    drawWords(assetClasses, 1 + drawIndex(assetCounts, random), random),
  ]
}

function changeProfile(profile: readonly string[], random: Random): string[] {
  const otherProfile = drawProfile(random)
  const field = random.below(profile.length)
  return profile.map((value, index) => (index === field ? (otherProfile[index] ?? value) : value))
}

function drawTopics(random: Random): string {
  return drawWords(topics, 1 + drawIndex(topicCounts, random), random)
}

function pick(words: readonly string[], random: Random): string {
  return words[random.below(words.length)] ?? ""
}
