import {
  listWindowDays,
  type LandedDays,
  countLikesWithoutMessage,
  listRoomEngagements,
  listUserEngagements,
} from "./engagements.ts"
import { type MetadataRow, buildRooms, buildUsers } from "./metadata.ts"
import { parseDay, type ParsedDay, type QuarantinedLine } from "./parse-day.ts"
import { findClosest, type Connection, type Rec, recommend, type RecReason } from "./recommend.ts"

/** The landed files by day ("2026-01-05"). A day whose file is empty has no lines. */
export interface OracleInput {
  /** Raw lines in file order; a folder of part files is read in the order of their names. */
  readonly activity: ReadonlyMap<string, readonly string[]>
  /** CSV texts. Ids are taken as valid and unique: what breaks that is for the checks to find. */
  readonly users: ReadonlyMap<string, string>
  readonly rooms: ReadonlyMap<string, string>
}

export interface OracleSettings {
  readonly days: number
  readonly closest: number
  readonly recommendations: number
  /** `drop` takes a user's engagements with himself (follow, mention, like of his own message) away before ranking; his own rooms stay. */
  readonly selfEngagements: "drop" | "keep"
  /** Which follows and subscribes exclude a candidate: of every landed day up to the day, or of its window. */
  readonly alreadyConnected: "to_date" | "window"
}

export interface DayCounts {
  readonly day: string
  readonly lines: number
  readonly blank: number
  readonly quarantined: number
  readonly follows: number
  readonly subscribes: number
  readonly messages: number
  readonly likes: number
  readonly likes_without_message: number
}

export interface OracleTables {
  readonly user_recs: readonly Rec[]
  readonly room_recs: readonly Rec[]
  readonly user_rec_reasons: readonly RecReason[]
  readonly room_rec_reasons: readonly RecReason[]
  readonly users: readonly MetadataRow[]
  readonly rooms: readonly MetadataRow[]
  readonly closest_users: readonly Connection[]
  readonly closest_rooms: readonly Connection[]
  /** Of every landed day up to the day, by day and line. */
  readonly quarantined: readonly QuarantinedLine[]
  /** Of every landed day up to the day, by day. */
  readonly days: readonly DayCounts[]
}

/**
 * Computes the rows that the StockTwits system publishes for a day from all its landed files, with loops alone. Recs and
 * reasons are sorted by their ids, closest connections by user and then rank.
 */
export function computeStocktwits(
  input: OracleInput,
  settings: OracleSettings,
  day: string,
): OracleTables {
  const daysToDate = [...input.activity]
    .filter(([activityDay]) => activityDay <= day)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([activityDay, lines]) => parseDay(activityDay, lines))
  const landed = {
    byDay: new Map(daysToDate.map((parsedDay) => [parsedDay.day, parsedDay])),
    days: settings.days,
  }
  return {
    ...computeRecommendations(landed, settings, day),
    users: buildUsers(input.users, day),
    rooms: buildRooms(input.rooms, day),
    quarantined: daysToDate.flatMap((parsedDay) => parsedDay.quarantined),
    days: daysToDate.map((parsedDay) => countDay(parsedDay, landed)),
  }
}

function computeRecommendations(landed: LandedDays, settings: OracleSettings, day: string) {
  const window = listWindowDays(day, landed)
  const connectedDays = settings.alreadyConnected === "window" ? window : [...landed.byDay.values()]
  const isConnected = createConnectionTests(connectedDays)
  const closest_users = findClosest(
    window
      .flatMap((parsedDay) => listUserEngagements(parsedDay, landed))
      .filter(
        (engagement) =>
          settings.selfEngagements === "keep" || engagement.user_id !== engagement.engaged_with_id,
      ),
    settings.closest,
  )
  const closest_rooms = findClosest(
    window.flatMap((parsedDay) => listRoomEngagements(parsedDay, landed)),
    settings.closest,
  )
  const users = recommend(
    { first: closest_users, second: closest_users },
    (user, candidate) => user === candidate || isConnected.toUser(user, candidate),
    settings.recommendations,
  )
  const rooms = recommend(
    { first: closest_users, second: closest_rooms },
    isConnected.toRoom,
    settings.recommendations,
  )
  return {
    user_recs: users.recs,
    room_recs: rooms.recs,
    user_rec_reasons: users.reasons,
    room_rec_reasons: rooms.reasons,
    closest_users,
    closest_rooms,
  }
}

function createConnectionTests(days: readonly ParsedDay[]) {
  const follows = days.flatMap((day) => day.follows)
  const subscribes = days.flatMap((day) => day.subscribes)
  return {
    toUser: (user: number, other: number) =>
      follows.some((follow) => follow.user_id === user && follow.following_user_id === other),
    toRoom: (user: number, room: number) =>
      subscribes.some((subscribe) => subscribe.user_id === user && subscribe.room_id === room),
  }
}

function countDay(day: ParsedDay, landed: LandedDays): DayCounts {
  return {
    day: day.day,
    lines: day.lines,
    blank: day.blank,
    quarantined: day.quarantined.length,
    follows: day.follows.length,
    subscribes: day.subscribes.length,
    messages: day.messages.length,
    likes: day.likes.length,
    likes_without_message: countLikesWithoutMessage(day, landed),
  }
}
