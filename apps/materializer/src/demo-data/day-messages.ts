import { dayVolume } from "./day-volume.ts"
import type { DemoDataSizes } from "./demo-data-options.ts"
import { drawId } from "./population.ts"
import type { Population } from "./population.ts"
import { randomFrom } from "./random.ts"

/** Everything a day's events follow from, besides the day. */
export interface World {
  readonly seed: number
  readonly sizes: DemoDataSizes
  readonly population: Population
}

/** Who wrote the messages of a day. A message's place is its id less the day's first id. */
export interface DayMessages {
  readonly day: number
  readonly firstId: number
  /** Author by place. */
  readonly authors: Int32Array
  /** Places by the author's community, rising within each; `starts[c]` to `starts[c + 1]` is community c. */
  readonly places: Int32Array
  readonly starts: Int32Array
}

const OLDEST_AGE = 7

/** The messages of a day, derived from the seed and the day alone. */
function dayMessages(world: World, day: number): DayMessages {
  const random = randomFrom(world.seed, "authors", day)
  const { firstMessageId, events } = dayVolume(world.sizes, day)
  const authors = new Int32Array(events.message)
  for (let place = 0; place < authors.length; place += 1) {
    authors[place] = drawId(world.population.actors, random)
  }
  return { day, firstId: firstMessageId, authors, ...byCommunity(authors, world.population) }
}

/** For each day asked for, its messages and those of the seven days before it, newest first. Days still at hand from the last call are kept. */
export function recentMessages(world: World): (day: number) => DayMessages[] {
  let atHand: readonly DayMessages[] = []
  return (day) => {
    const recent = Array.from({ length: OLDEST_AGE + 1 }, (_, age) => {
      const known = atHand.find((messages) => messages.day === day - age)
      return known ?? dayMessages(world, day - age)
    })
    atHand = recent
    return recent
  }
}

function byCommunity(
  authors: Int32Array,
  { users, communities }: Population,
): Pick<DayMessages, "places" | "starts"> {
  const starts = new Int32Array(communities + 1)
  for (const author of authors) {
    const next = (users.communityOf[author] ?? 0) + 1
    starts[next] = (starts[next] ?? 0) + 1
  }
  for (let index = 1; index < starts.length; index += 1) {
    starts[index] = (starts[index] ?? 0) + (starts[index - 1] ?? 0)
  }
  const ends = starts.slice()
  const places = new Int32Array(authors.length)
  for (let place = 0; place < authors.length; place += 1) {
    const community = users.communityOf[authors[place] ?? 0] ?? 0
    const at = ends[community] ?? 0
    places[at] = place
    ends[community] = at + 1
  }
  return { places, starts }
}
