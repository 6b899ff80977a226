import type { StocktwitsDemoSizes } from "./options.ts"

/** What an event does. */
export type Action = "message" | "like" | "follow" | "subscribe"

/** How many events of each kind a day has, and the id of its first message. */
export interface DayVolume {
  readonly firstMessageId: number
  readonly events: Readonly<Record<Action, number>>
}

/** No event of any action. */
export const noEvents: Readonly<Record<Action, number>> = {
  message: 0,
  like: 0,
  follow: 0,
  subscribe: 0,
}

const FIRST_MONDAY = 10_959 // 2000-01-03
const UP_TO_WEEKDAY = [0, 1150, 2350, 3500, 4650, 5700, 6300, 7000] // in sevenths of a thousandth of a week, from Monday

/** The volume of a day, which depends on the sizes and the calendar alone. Message ids count up from 2000-01-03 without a hole. */
export function computeDayVolume(sizes: StocktwitsDemoSizes, day: number): DayVolume {
  const total = countEventsBefore(sizes, day + 1) - countEventsBefore(sizes, day)
  const firstMessageId = 1 + countMessagesBefore(sizes, day)
  const message = countMessagesBefore(sizes, day + 1) - firstMessageId + 1
  const like = Math.floor((total * 50) / 100)
  const follow = Math.floor((total * 10) / 100)
  const subscribe = total - message - like - follow
  return { firstMessageId, events: { message, like, follow, subscribe } }
}

function countEventsBefore(sizes: StocktwitsDemoSizes, day: number): number {
  const week = Math.floor((day - FIRST_MONDAY) / 7)
  const share = UP_TO_WEEKDAY[day - FIRST_MONDAY - week * 7] ?? 0
  return week * sizes.eventsPerWeek + Math.floor((sizes.eventsPerWeek * share) / 7000)
}

function countMessagesBefore(sizes: StocktwitsDemoSizes, day: number): number {
  return Math.floor((countEventsBefore(sizes, day) * 35) / 100)
}
