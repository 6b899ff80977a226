import {
  landedWindow,
  type LandedDays,
  likesWithoutMessage,
  roomEngagementsOf,
  userEngagementsOf,
} from "./engagements.ts"
import { type MetadataRow, roomsOf, usersOf } from "./metadata.ts"
import { parseDay, type ParsedDay, type QuarantinedLine } from "./parse-day.ts"
import { closest, type Connection, type Rec, recommend, type RecReason } from "./recommend.ts"

/** What has landed, by day ("2026-01-05"). A day that landed an empty file has no lines. */
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
 * What the StockTwits system publishes for a day, worked out from all its landed files by nothing
 * but loops. Recs and reasons are sorted by their ids, closest connections by user and then rank.
 */
export function stocktwitsOracle(
  input: OracleInput,
  settings: OracleSettings,
  day: string,
): OracleTables {
  const toDate = [...input.activity]
    .filter(([each]) => each <= day)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([each, lines]) => parseDay(each, lines))
  const landed = { byDay: new Map(toDate.map((each) => [each.day, each])), days: settings.days }
  return {
    ...recommendationsOf(landed, settings, day),
    users: usersOf(input.users, day),
    rooms: roomsOf(input.rooms, day),
    quarantined: toDate.flatMap((each) => each.quarantined),
    days: toDate.map((each) => countsOf(each, landed)),
  }
}

function recommendationsOf(landed: LandedDays, settings: OracleSettings, day: string) {
  const window = landedWindow(day, landed)
  const connectedDays = settings.alreadyConnected === "window" ? window : [...landed.byDay.values()]
  const isConnected = connectionsOf(connectedDays)
  const closest_users = closest(
    window
      .flatMap((each) => userEngagementsOf(each, landed))
      .filter(
        (each) => settings.selfEngagements === "keep" || each.user_id !== each.engaged_with_id,
      ),
    settings.closest,
  )
  const closest_rooms = closest(
    window.flatMap((each) => roomEngagementsOf(each, landed)),
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

function connectionsOf(days: readonly ParsedDay[]) {
  const follows = days.flatMap((day) => day.follows)
  const subscribes = days.flatMap((day) => day.subscribes)
  return {
    toUser: (user: number, other: number) =>
      follows.some((each) => each.user_id === user && each.following_user_id === other),
    toRoom: (user: number, room: number) =>
      subscribes.some((each) => each.user_id === user && each.room_id === room),
  }
}

function countsOf(day: ParsedDay, landed: LandedDays): DayCounts {
  return {
    day: day.day,
    lines: day.lines,
    blank: day.blank,
    quarantined: day.quarantined.length,
    follows: day.follows.length,
    subscribes: day.subscribes.length,
    messages: day.messages.length,
    likes: day.likes.length,
    likes_without_message: likesWithoutMessage(day, landed),
  }
}
