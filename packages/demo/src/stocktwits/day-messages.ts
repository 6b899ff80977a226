import { createRandom } from "@freshet/core/engine"

import { computeDayVolume } from "./day-volume.ts"
import type { StocktwitsDemoSizes } from "./options.ts"
import { drawId } from "./population.ts"
import type { Population } from "./population.ts"

/** Model that decides the events of each day. */
export interface EventModel {
  readonly seed: number
  readonly sizes: StocktwitsDemoSizes
  readonly population: Population
}

/** Authors of the messages of a day. The position of a message is its id minus the first id of the day. */
export interface DayMessages {
  readonly day: number
  readonly firstId: number
  /** Author by position. */
  readonly authors: Int32Array
  /** Positions by the author's community, ascending within each; `starts[c]` to `starts[c + 1]` is community c. */
  readonly places: Int32Array
  readonly starts: Int32Array
}

const OLDEST_AGE = 7

/** Generates the messages of a day from the seed and the day alone. */
function generateDayMessages(model: EventModel, day: number): DayMessages {
  const random = createRandom(model.seed, "authors", day)
  const { firstMessageId, events } = computeDayVolume(model.sizes, day)
  const authors = new Int32Array(events.message)
  for (let place = 0; place < authors.length; place += 1) {
    authors[place] = drawId(model.population.actors, random)
  }
  return { day, firstId: firstMessageId, authors, ...groupByCommunity(authors, model.population) }
}

/** Creates a function that returns the messages of a day and of the seven days before it, newest first, and caches them for the next call. */
export function createMessageCache(model: EventModel): (day: number) => DayMessages[] {
  let cachedDays: readonly DayMessages[] = []
  return (day) => {
    const recentDays = Array.from({ length: OLDEST_AGE + 1 }, (_, age) => {
      const cachedDay = cachedDays.find((messages) => messages.day === day - age)
      return cachedDay ?? generateDayMessages(model, day - age)
    })
    cachedDays = recentDays
    return recentDays
  }
}

function groupByCommunity(
  authors: Int32Array,
  { users, communityCount }: Population,
): Pick<DayMessages, "places" | "starts"> {
  const starts = new Int32Array(communityCount + 1)
  for (const author of authors) {
    const next = (users.communityById[author] ?? 0) + 1
    starts[next] = (starts[next] ?? 0) + 1
  }
  for (let index = 1; index < starts.length; index += 1) {
    starts[index] = (starts[index] ?? 0) + (starts[index - 1] ?? 0)
  }
  const ends = starts.slice()
  const places = new Int32Array(authors.length)
  for (let place = 0; place < authors.length; place += 1) {
    const community = users.communityById[authors[place] ?? 0] ?? 0
    const at = ends[community] ?? 0
    places[at] = place
    ends[community] = at + 1
  }
  return { places, starts }
}
