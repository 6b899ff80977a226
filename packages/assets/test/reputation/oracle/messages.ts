import type { LandedMessage } from "./weekly-documents.ts"

/** The valid messages of a day's file, and the reasons of the other lines. */
export interface ParsedMessages {
  readonly messages: readonly LandedMessage[]
  readonly quarantined: readonly (readonly [line: number, reason: string])[]
}

/** Parses the file of a day line by line. */
export function parseMessages(text: string, day: string): ParsedMessages {
  const messages = new Map<number, LandedMessage>()
  const quarantined: [number, string][] = []
  text.split("\n").forEach((line, at) => {
    if (line.trim() === "") return
    const message = parseLine(line, day)
    if (typeof message === "string") quarantined.push([at + 1, message])
    else if (messages.has(message.id)) quarantined.push([at + 1, "duplicate_message"])
    else messages.set(message.id, message)
  })
  return { messages: [...messages.values()], quarantined }
}

function parseLine(line: string, day: string): LandedMessage | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return "malformed_json"
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "malformed_json"
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const { id, user_id, body, created_at, recommended } = fields
  if ([id, user_id, body, created_at, recommended].some(isAbsent)) return "missing_field"
  if (!isWhole(id) || !isWhole(user_id)) return "wrong_type"
  if (typeof body !== "string" || typeof recommended !== "boolean") return "wrong_type"
  if (typeof created_at !== "string" || !isTime(created_at) || !hasNestedTypes(fields))
    return "wrong_type"
  if (user_id < 1 || user_id > 2147483647 || id < 1 || id > Number.MAX_SAFE_INTEGER)
    return "id_out_of_range"
  if (created_at.slice(0, 10) > day) return "after_the_day"
  return { id, user_id, body, created_at, recommended }
}

/** Tests if a value is a number without a fraction, and small enough to be written without an exponent. */
function isWhole(value: unknown): value is number {
  return typeof value === "number" && /^-?\d+$/.test(String(value))
}

function isTime(text: string): boolean {
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 19) === text.slice(0, 19)
}

/** Tests the types of the values that are read from nested objects, which may all be absent. */
function hasNestedTypes(fields: Readonly<Record<string, unknown>>): boolean {
  const { conversation, entities, links } = fields
  const sentiment = readField(entities, "sentiment")
  const link: unknown = Array.isArray(links) ? links[0] : undefined
  const parent = readField(conversation, "parent_message_id") ?? 0
  const texts = [readField(sentiment, "basic"), readField(link, "description")]
  return (
    [conversation, entities, sentiment, link].every(
      (value) => isAbsent(value) || (typeof value === "object" && !Array.isArray(value)),
    ) &&
    (isAbsent(links) || Array.isArray(links)) &&
    isWhole(parent) &&
    texts.every((value) => isAbsent(value) || typeof value === "string")
  )
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function readField(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined
  return new Map<string, unknown>(Object.entries(value)).get(name)
}
