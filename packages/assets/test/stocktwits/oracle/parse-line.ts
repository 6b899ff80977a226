import { findJsonFields } from "./json-fields.ts"

export type StocktwitsEvent =
  | { readonly action: "follow"; readonly user_id: number; readonly following_user_id: number }
  | { readonly action: "subscribe"; readonly user_id: number; readonly room_id: number }
  | {
      readonly action: "message"
      readonly message_id: number
      readonly user_id: number
      readonly room_id: number
      readonly mention_ids: readonly number[]
    }
  | { readonly action: "like"; readonly user_id: number; readonly message_id: number }

/**
 * Why a line is quarantined. A line with several faults has the first of this list:
 *
 * - `malformed_json`: not one strict JSON object, or a top-level key said twice.
 * - `unknown_action`: `action` is absent, null, not a string or none of the four words as written.
 * - `missing_field`: an id of this action is absent or null.
 * - `wrong_type`: an id is not an integer literal (5.0, 1e3 and "5" are not), `mention_ids` is neither
 *   null nor a string of digits separated by commas, or `timestamp` is neither null nor an instant.
 * - `id_out_of_range`: an id or a mention outside its range; compared as text of any length.
 * - `duplicate_message`: an earlier accepted message of the same day has this message_id.
 *
 * Fields an action does not have (`mention_ids` of a like) may hold anything.
 */
export type Fault =
  | "malformed_json"
  | "unknown_action"
  | "missing_field"
  | "wrong_type"
  | "id_out_of_range"
  | "duplicate_message"

export type ParsedLine =
  | { readonly kind: "blank" }
  | { readonly kind: "event"; readonly event: StocktwitsEvent }
  | { readonly kind: "quarantined"; readonly fault: Fault }

type Fields = ReadonlyMap<string, string>
type Action = StocktwitsEvent["action"]

const idFields: Readonly<Record<Action, readonly string[]>> = {
  follow: ["user_id", "following_user_id"],
  subscribe: ["user_id", "room_id"],
  message: ["message_id", "user_id", "room_id"],
  like: ["user_id", "message_id"],
}

/** One raw line by itself; a repeated message_id is for the reader of the whole day to see. */
export function parseLine(line: string): ParsedLine {
  if (/^[ \t\r\n]*$/.test(line)) return { kind: "blank" }
  const fields = findJsonFields(line)
  if (fields === undefined) return { kind: "quarantined", fault: "malformed_json" }
  const action = findAction(fields)
  if (action === undefined) return { kind: "quarantined", fault: "unknown_action" }
  const fault = findFault(action, fields)
  if (fault !== undefined) return { kind: "quarantined", fault }
  return { kind: "event", event: toEvent(action, fields) }
}

function findAction(fields: Fields): Action | undefined {
  const text = findText(fields, "action")
  return (["follow", "subscribe", "message", "like"] as const).find((action) => action === text)
}

function findFault(action: Action, fields: Fields): Fault | undefined {
  const ids = idFields[action]
  if (ids.some((name) => isMissing(fields, name))) return "missing_field"
  if (!ids.every((name) => /^-?[0-9]+$/.test(fields.get(name) ?? ""))) return "wrong_type"
  if (!isTimestampAcceptable(fields)) return "wrong_type"
  const entries = action === "message" ? findMentionEntries(fields) : []
  if (entries === undefined) return "wrong_type"
  if (!entries.every((entry) => /^[0-9]+$/.test(entry))) return "wrong_type"
  const inRange =
    ids.every((name) => isInRange(fields.get(name) ?? "", getLargestId(name))) &&
    entries.every((entry) => isInRange(entry, getLargestId("user_id")))
  return inRange ? undefined : "id_out_of_range"
}

function isMissing(fields: Fields, name: string): boolean {
  const token = fields.get(name)
  return token === undefined || token === "null"
}

function findText(fields: Fields, name: string): string | undefined {
  const token = fields.get(name)
  return token?.startsWith('"') ? String(JSON.parse(token)) : undefined
}

function getLargestId(name: string): bigint {
  return name === "message_id" ? 9007199254740991n : 2147483647n
}

function isInRange(digits: string, max: bigint): boolean {
  const value = BigInt(digits)
  return value >= 1n && value <= max
}

/**
 * The listed ids as text, without the spaces (U+0020 only) around each; an empty or all-space
 * list has none, an empty entry between commas is an entry.
 */
function findMentionEntries(fields: Fields): readonly string[] | undefined {
  if (isMissing(fields, "mention_ids")) return []
  const list = findText(fields, "mention_ids")
  if (list === undefined) return undefined
  if (/^ *$/.test(list)) return []
  return list.split(",").map((entry) => entry.replace(/^ +| +$/g, ""))
}

function isTimestampAcceptable(fields: Fields): boolean {
  if (isMissing(fields, "timestamp")) return true
  const text = findText(fields, "timestamp")
  return text !== undefined && isInstant(text)
}

/** `2026-01-05T06:00:00.123+01:00`: capital T and Z, seconds and offset present, a real calendar day of years 1 to 9999. */
function isInstant(text: string): boolean {
  const form =
    /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/
  const day = form.exec(text)?.[1]
  if (day === undefined || day.startsWith("0000")) return false
  const midnight = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

function toEvent(action: Action, fields: Fields): StocktwitsEvent {
  const parseId = (name: string) => Number(fields.get(name))
  const user_id = parseId("user_id")
  switch (action) {
    case "follow":
      return { action, user_id, following_user_id: parseId("following_user_id") }
    case "subscribe":
      return { action, user_id, room_id: parseId("room_id") }
    case "like":
      return { action, user_id, message_id: parseId("message_id") }
    case "message": {
      const mention_ids = (findMentionEntries(fields) ?? []).map(Number)
      return {
        action,
        message_id: parseId("message_id"),
        user_id,
        room_id: parseId("room_id"),
        mention_ids,
      }
    }
  }
}
