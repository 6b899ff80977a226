import type { StocktwitsDemoSizes } from "./options.ts"

/** Action of an event. */
export type Action = "message" | "like" | "follow" | "subscribe"

/** Number of events of each action on a day, and the id of the first message. */
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

/** Computes the volume of a day from the sizes and the calendar. Message ids count up from 2000-01-03 without gaps. */
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
