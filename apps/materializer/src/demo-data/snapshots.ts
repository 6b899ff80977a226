import { aliasTable, drawIndex } from "./alias-table.ts"
import type { DemoDataSizes } from "./demo-data-options.ts"
import { adjectives, animals, gatherings } from "./name-words.ts"
import { randomFrom } from "./random.ts"
import type { Random } from "./random.ts"
import { approaches, assetClasses, drawWord, drawWords, experiences } from "./vocabularies.ts"
import { holdingPeriods, topics } from "./vocabularies.ts"

/** The users and the rooms as they are at one of the snapshots, counted from 0. */
export interface SnapshotMoment {
  readonly seed: number
  readonly sizes: DemoDataSizes
  readonly snapshot: number
}

const FEWEST_DAYS_BETWEEN = 3
const NEW_ONE_IN = 1000
const CHANGED_ONE_IN = 500

const assetCounts = aliasTable([1730, 1633, 1637])
const topicCounts = aliasTable([522, 127, 351])

/** The days with a snapshot of users and rooms: the first, and at most four later ones. */
export function snapshotDays(range: { readonly from: number; readonly to: number }): number[] {
  const days = range.to - range.from + 1
  const step = Math.max(FEWEST_DAYS_BETWEEN, Math.ceil(days / 4))
  return Array.from({ length: Math.ceil(days / step) }, (_, index) => range.from + index * step)
}

/** The users file of a snapshot. A later snapshot has a few more users, and a few who changed their minds. */
export function usersCsv({ seed, sizes, snapshot }: SnapshotMoment): string {
  const random = randomFrom(seed, "user rows")
  const changes = changesOf("user changes", { seed, snapshot, count: sizes.users })
  const numbers = Math.max(100, Math.floor(sizes.users / 50))
  const lines = ["id,username,experience,approach,holding_period,assets_traded"]
  for (let id = 1; id <= countAt(sizes.users, snapshot); id += 1) {
    const name = `${pick(adjectives, random)}${pick(animals, random)}${random.below(numbers)}`
    const profile = profileOf(random)
    const change = changes.get(id)
    lines.push([id, name, ...(change === undefined ? profile : changed(profile, change))].join(","))
  }
  return `${lines.join("\n")}\n`
}

/** The rooms file of a snapshot. A later snapshot has a few more rooms, and a few with other topics. */
export function roomsCsv({ seed, sizes, snapshot }: SnapshotMoment): string {
  const random = randomFrom(seed, "room rows")
  const changes = changesOf("room changes", { seed, snapshot, count: sizes.rooms })
  const lines = ["id,slug,topics"]
  for (let id = 1; id <= countAt(sizes.rooms, snapshot); id += 1) {
    const adjective = pick(adjectives, random)
    const capital = adjective.charAt(0).toUpperCase() + adjective.slice(1)
    const about = topicsOf(random)
    const change = changes.get(id)
    const current = change === undefined ? about : topicsOf(change)
    lines.push(`${id},${capital}${pick(gatherings, random)}${id},${current}`)
  }
  return `${lines.join("\n")}\n`
}

function countAt(first: number, snapshot: number): number {
  return first + snapshot * Math.ceil(first / NEW_ONE_IN)
}

/** Who has changed up to the snapshot, each with the stream that its newest change is drawn from. */
function changesOf(
  what: string,
  { seed, snapshot, count }: { seed: number; snapshot: number; count: number },
): Map<number, Random> {
  const changes = new Map<number, Random>()
  for (let at = 1; at <= snapshot; at += 1) {
    const random = randomFrom(seed, what, at)
    for (let left = Math.ceil(count / CHANGED_ONE_IN); left > 0; left -= 1) {
      const id = 1 + random.below(count)
      changes.set(id, randomFrom(seed, what, at, id))
    }
  }
  return changes
}

/** Experience, approach, holding period and the assets traded. */
function profileOf(random: Random): string[] {
  return [
    drawWord(experiences, random),
    drawWord(approaches, random),
    drawWord(holdingPeriods, random),
    drawWords(assetClasses, 1 + drawIndex(assetCounts, random), random),
  ]
}

function changed(profile: readonly string[], random: Random): string[] {
  const other = profileOf(random)
  const field = random.below(profile.length)
  return profile.map((value, index) => (index === field ? (other[index] ?? value) : value))
}

function topicsOf(random: Random): string {
  return drawWords(topics, 1 + drawIndex(topicCounts, random), random)
}

function pick(words: readonly string[], random: Random): string {
  return words[random.below(words.length)] ?? ""
}
