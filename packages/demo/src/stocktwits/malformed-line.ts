import type { EventDay } from "./event-line.ts"
import { drawId } from "./population.ts"

/** Kind of malformed line. */
export type MalformedKind = (typeof malformedKinds)[number]

/** The kinds of malformed lines, in the order in which a day uses them. */
export const malformedKinds = [
  "truncated",
  "wrong_type",
  "unknown_action",
  "missing_field",
  "id_too_large",
  "duplicate_message",
] as const

/** Creates a malformed line with its line end. A duplicate repeats an earlier line instead. */
export function createMalformedLine(
  day: EventDay,
  kind: Exclude<MalformedKind, "duplicate_message">,
): Uint8Array {
  const user = drawId(day.model.population.actors, day.random)
  const otherUser = drawId(day.model.population.users.pool, day.random)
  const hour = String(day.random.below(24)).padStart(2, "0")
  const time = `"timestamp": "${day.key}T${hour}:00:00.000Z"`
  const lines = {
    truncated: `{"action": "follow", "user_id": ${user}, "following_us`,
    wrong_type: `{"action": "follow", "user_id": "n/a", "following_user_id": ${otherUser}, ${time}}`,
    unknown_action: `{"action": "repost", "user_id": ${user}, "message_id": 1, ${time}}`,
    missing_field: `{"action": "like", "user_id": ${user}, ${time}}`,
    id_too_large: `{"action": "like", "user_id": ${user}, "message_id": 9007199254740993, ${time}}`,
  }
  return new TextEncoder().encode(`${lines[kind]}\n`)
}

/** No malformed line of any kind. */
export const noMalformedLines: Readonly<Record<MalformedKind, number>> = {
  truncated: 0,
  wrong_type: 0,
  unknown_action: 0,
  missing_field: 0,
  id_too_large: 0,
  duplicate_message: 0,
}
