import * as fc from "fast-check"

/** An event by field, each value as JSON text. */
type RawEvent = Readonly<Record<string, string>>

/**
 * One raw line. Two forms that a lenient JSON reader takes and the oracle does not are left out:
 * a comma before a closing bracket, and the bare words NaN and Infinity.
 */
export function randomActivityLine(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 20, arbitrary: randomEventLine(randomEvent()) },
    { weight: 1, arbitrary: randomEventLine(randomBrokenId()) },
    { weight: 1, arbitrary: randomEventLine(randomBrokenMentions()) },
    { weight: 1, arbitrary: randomEventLine(randomBrokenField("timestamp", notInstants)) },
    { weight: 1, arbitrary: randomEventLine(randomBrokenField("action", notActions)) },
    {
      weight: 1,
      arbitrary: fc.oneof(randomMalformedLine(), randomTruncatedLine(), randomDuplicateKey()),
    },
    { weight: 1, arbitrary: fc.constantFrom("", "  ", "\t", " \t ", "\r") },
  )
}

const userId = withRareValue(fc.integer({ min: 1, max: 8 }).map(String), "2147483647")
const roomId = withRareValue(fc.integer({ min: 1, max: 4 }).map(String), "2147483647")
const messageId = withRareValue(fc.integer({ min: 1, max: 8 }).map(String), "9007199254740991")

const notIds = [
  "null",
  '"5"',
  "1.5",
  "5.0",
  "1e3",
  "true",
  "[5]",
  '{"id":5}',
  "0",
  "-0",
  "-3",
  "2147483648",
  "9007199254740992",
  "9007199254740993",
  "18446744073709551616",
  "99999999999999999999999999999999999999999",
]

const notMentions = [
  "5",
  "[2,3]",
  "false",
  '"2,,3"',
  '"2,"',
  '"x"',
  '"2;3"',
  '"2 3"',
  '"\\t2"',
  '"-1"',
  '"1.0"',
  '"0"',
  '"3,2147483648"',
  '"99999999999999999999999999999999999999999"',
]

const notInstants = [
  "1767592800",
  '""',
  '"2026-01-05"',
  '"2026-01-05T06:00:00"',
  '"2026-01-05 06:00:00Z"',
  '"2026-01-05T06:00Z"',
  '"2026-02-30T06:00:00Z"',
  '"2026-01-05T24:00:00Z"',
  '"2026-01-05T06:00:60Z"',
  '"yesterday"',
]

const notActions = ["null", "7", '"Like"', '"unfollow"', '"like "', '""', '["like"]']

const strayFields = [
  { timestamp: '"2026-01-05T06:00:00Z"' },
  { timestamp: '"2024-02-29T23:59:59.123456+05:30"' },
  { timestamp: "null" },
  { source: '"web, \\"mobile\\": {}"' },
  { context: '{"user_id": 3, "path": ["message_id", 4]}' },
  { mention_count: "1.5e2" },
]

function randomEvent(): fc.Arbitrary<RawEvent> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: randomAction("follow", { user_id: userId, following_user_id: userId }),
    },
    { weight: 3, arbitrary: randomAction("subscribe", { user_id: userId, room_id: roomId }) },
    { weight: 6, arbitrary: randomMessage() },
    { weight: 6, arbitrary: randomAction("like", { user_id: userId, message_id: messageId }) },
  )
}

function randomMessage(): fc.Arbitrary<RawEvent> {
  const mention_ids = fc.oneof(
    { weight: 6, arbitrary: randomMentionList() },
    { weight: 1, arbitrary: fc.constantFrom("null", '""', '"  "') },
  )
  const ids = { message_id: messageId, user_id: userId, room_id: roomId }
  return fc.oneof(
    { weight: 8, arbitrary: randomAction("message", { ...ids, mention_ids }) },
    { weight: 1, arbitrary: randomAction("message", ids) },
  )
}

function randomMentionList(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(userId, { maxLength: 4 }), fc.constantFrom(",", ",", ", ", " , "))
    .map(([ids, separator]) => JSON.stringify(ids.join(separator)))
}

function randomAction(
  name: string,
  fields: Readonly<Record<string, fc.Arbitrary<string>>>,
): fc.Arbitrary<RawEvent> {
  return fc
    .record<Record<string, string>>(fields)
    .map((values) => ({ action: JSON.stringify(name), ...values }))
}

/** An event one or two of whose ids are absent or not ids. */
function randomBrokenId(): fc.Arbitrary<RawEvent> {
  const broken = fc.oneof(fc.constant(undefined), fc.constantFrom(...notIds))
  return randomEvent().chain((whole) => {
    const names = Object.keys(whole).filter((name) => name.endsWith("_id"))
    return fc
      .tuple(fc.subarray(names, { minLength: 1, maxLength: 2 }), fc.array(broken, toFixedLength(2)))
      .map(([chosen, values]) =>
        chosen.reduce((so, name, at) => withField(so, name, values[at]), whole),
      )
  })
}

function randomBrokenMentions(): fc.Arbitrary<RawEvent> {
  return fc
    .tuple(randomMessage(), fc.constantFrom(...notMentions))
    .map(([whole, mention_ids]) => ({ ...whole, mention_ids }))
}

function randomBrokenField(name: string, values: readonly string[]): fc.Arbitrary<RawEvent> {
  const broken =
    name === "action" ? fc.constantFrom(undefined, ...values) : fc.constantFrom(...values)
  return fc.tuple(randomEvent(), broken).map(([whole, value]) => withField(whole, name, value))
}

function withField(whole: RawEvent, name: string, value: string | undefined): RawEvent {
  const otherFields = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name))
  return value === undefined ? otherFields : { ...otherFields, [name]: value }
}

function randomEventLine(whole: fc.Arbitrary<RawEvent>): fc.Arbitrary<string> {
  const stray = fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    { weight: 2, arbitrary: fc.constantFrom<RawEvent>(...strayFields) },
  )
  const style = fc.constantFrom(
    { colon: ":", comma: ",", end: "" },
    { colon: ": ", comma: ", ", end: "" },
    { colon: " :\t", comma: " , ", end: " \r" },
  )
  return fc.tuple(whole, stray, style).chain(([fields, extra, { colon, comma, end }]) => {
    const pairs = Object.entries({ ...extra, ...fields }).map(
      ([name, value]) => JSON.stringify(name) + colon + value,
    )
    return fc
      .shuffledSubarray(pairs, { minLength: pairs.length })
      .map((shuffled) => `{${shuffled.join(comma)}}${end}`)
  })
}

function randomMalformedLine(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "not json",
    "null",
    "7",
    '"like"',
    "[]",
    '[{"action":"follow","user_id":1,"following_user_id":2}]',
    '{"action":"follow","user_id":1,"following_user_id":2} x',
    '{"action":"follow","user_id":1,"following_user_id":2}{"action":"like"}',
    '{"action":"follow","user_id":01,"following_user_id":2}',
    "{'action':'follow','user_id':1,'following_user_id':2}",
    '{action:"follow",user_id:1,following_user_id:2}',
  )
}

/** A line with a duplicate key, which is malformed for any values. */
function randomDuplicateKey(): fc.Arbitrary<string> {
  return fc.constantFrom(
    '{"action":"follow","user_id":1,"user_id":3,"following_user_id":2}',
    '{"action":"follow","user_id":1,"user_id":null,"following_user_id":2}',
    '{"action":"follow","user_id":null,"user_id":1,"following_user_id":2}',
    '{"action":"like","action":"unfollow","user_id":1,"message_id":2}',
  )
}

function randomTruncatedLine(): fc.Arbitrary<string> {
  return fc
    .tuple(randomEventLine(randomEvent()), fc.integer({ min: 1, max: 20 }))
    .map(([line, length]) => line.trimEnd().slice(0, length))
}

function withRareValue(usual: fc.Arbitrary<string>, edge: string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(edge) })
}

function toFixedLength(length: number) {
  return { minLength: length, maxLength: length }
}
