import {
  bool,
  date,
  int32,
  int64,
  last,
  type Sql,
  sql,
  sqlAsset,
  text,
  timestamp,
  unique,
} from "@freshet/core"

import { type DailyAsset, dailyOptions } from "./asset-options.ts"
import type { ReputationSettings } from "./settings.ts"
import { messageFiles } from "./sources.ts"

/** Patterns and their replacements in the order of cleaning: punctuation is removed after names, which begin with @, and links, which have slashes. */
const replacements = [
  [String.raw`@[\p{L}\p{N}_]+`, ""],
  [String.raw`https?://[^\s\p{Z}\x{b}\x{1c}-\x{1f}\x{85}]+`, "http"],
  ["[!-/:-@\\[-`{-~]", ""],
  [String.raw`[^\x00-\x7f]`, ""],
  ["[0-9]", ""],
] as const

const cleanBody = replacements.reduce<Sql<never>>(
  (body, [pattern, replacement]) => sql`regexp_replace(${body}, ${pattern}, ${replacement}, 'g')`,
  sql`body`,
)

export const cleanMessages = sqlAsset({
  ...dailyOptions,
  name: "clean_messages",
  description:
    "Messages of the day without names of people, punctuation, digits and characters outside ASCII, in lower case; links are replaced by `http`.",
  columns: {
    message_id: int64("Id of the message."),
    user_id: int32("Author of the message."),
    created_at: timestamp("Time of the message."),
    week: date("Monday of the ISO week of the message (UTC)."),
    text: text("The cleaned message."),
    recommended: bool("True if the site picked the author as a good one by hand."),
  },
  query: sql`
    select message_id, user_id, created_at,
      date_trunc('week', timezone('UTC', created_at))::date as week,
      lower(${cleanBody}) as text, recommended
    from ${messageFiles}`,
  checks: [unique("message_id")],
})

export function weeklyDocuments({ messageDays }: ReputationSettings) {
  return sqlAsset({
    ...dailyOptions,
    name: "weekly_documents",
    description: `Cleaned messages of each person and ISO week, of the ${messageDays} days that end with the day, joined by spaces in the order of time. A week at either end has the messages of its days in that time.`,
    columns: {
      user_id: int32("Author of the messages."),
      week: date("Monday of the ISO week."),
      messages: int32("Number of messages.", { unit: "messages" }),
      text: text("The messages."),
      is_good: bool("True if more than half of the messages are of a recommended author."),
    },
    query: sql`
      select user_id, week, count(*)::integer as messages,
        string_agg(text, ' ' order by created_at, message_id) as text,
        2 * count(*) filter (where recommended) > count(*) as is_good
      from ${last(messageDays, cleanMessages)}
      group by user_id, week`,
    checks: [unique("user_id", "week")],
  })
}

/** Share of people whose documents are held out, as one in so many. */
const heldOutPart = 5

export function trainingDocuments(
  { trainingDocuments, seed }: ReputationSettings,
  documents: DailyAsset,
) {
  return sqlAsset({
    ...dailyOptions,
    name: "training_documents",
    description: `Weekly documents that train the model, and those that are held out to score it: all documents of one person in ${heldOutPart}. At most ${trainingDocuments}, chosen by a hash with the seed ${seed}.`,
    columns: {
      user_id: int32("Author of the messages."),
      week: date("Monday of the ISO week."),
      text: text("The messages."),
      is_good: bool("True if more than half of the messages are of a recommended author."),
      is_held_out: bool("True if the document scores the model and does not train it."),
    },
    query: sql`
      select user_id, week, text, is_good,
        ('0x' || substr(md5(concat(${seed}, ' ', user_id)), 1, 8))::bigint % ${heldOutPart} = 0 as is_held_out
      from ${documents}
      order by md5(concat(${seed}, ' ', user_id, ' ', week)), user_id, week
      limit ${trainingDocuments}`,
    checks: [unique("user_id", "week")],
  })
}
