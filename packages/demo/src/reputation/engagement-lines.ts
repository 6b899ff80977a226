import { createRandom } from "@freshet/core/engine"

import type { People } from "./people.ts"

const secondsPerDay = 86_400

/** The kinds of engagement whose snapshots have 90 days. */
export const messageKinds = ["reply", "mention", "like"] as const

type MessageKind = (typeof messageKinds)[number]

/** Days in the snapshots of replies, mentions and likes. */
const snapshotDays = 90

interface EngagementOptions {
  readonly seed: number
  readonly people: People
  readonly engagementsPerDay: number
}

/** Generates the snapshot of one kind of engagement: the events of the 90 days that end with the day, the oldest first. */
export function* generateEngagements(
  kind: MessageKind,
  { seed, people, engagementsPerDay }: EngagementOptions,
  day: number,
): Iterable<string> {
  const perDay = Math.max(1, Math.floor(engagementsPerDay / messageKinds.length))
  for (let eventDay = day - snapshotDays + 1; eventDay <= day; eventDay += 1) {
    const random = createRandom(seed, kind, eventDay)
    for (let number = 0; number < perDay; number += 1) {
      const user = people.draw(random)
      const second = Math.floor(((number + 0.5) * secondsPerDay) / perDay)
      const time = formatTime(eventDay * secondsPerDay + second)
      yield `${user},${people.drawNear(user, random)},${eventDay * 10_000_000 + number + 1},${time},${kind}`
    }
  }
}

/** Generates all follows up to a day, the oldest first. A few more of them happen each day. */
export function* generateFollows(
  { seed, people }: Pick<EngagementOptions, "seed" | "people">,
  { follows, day }: { readonly follows: number; readonly day: number },
): Iterable<string> {
  const random = createRandom(seed, "follows")
  const perDay = Math.max(1, Math.floor(follows / 1000))
  const firstDay = firstFollowDay(follows, perDay)
  for (let number = 0; ; number += 1) {
    const eventDay = firstDay + Math.floor(number / perDay)
    if (eventDay > day) return
    const user = people.draw(random)
    const second = eventDay * secondsPerDay + random.below(secondsPerDay)
    yield `${user},${people.drawNear(user, random)},${formatTime(second)}`
  }
}

/** The day of the first follow, so that there are `follows` of them at the start of 2026. */
function firstFollowDay(follows: number, perDay: number): number {
  const startOf2026 = Date.UTC(2026, 0, 1) / 1000 / secondsPerDay
  return startOf2026 - Math.ceil(follows / perDay)
}

/** Generates the snapshot of people: 12 values each, of which the last is 1 for suspended ones. */
export function* generatePeople(people: People): Iterable<string> {
  for (let id = 1; id <= people.count; id += 1)
    yield `${id},person${id},,,,,,,,,,${people.isSuspended(id) ? 1 : 0}`
}

function formatTime(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 19).replace("T", " ")
}
