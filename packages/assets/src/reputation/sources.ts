import {
  bool,
  int16,
  int32,
  int64,
  nullable,
  partitionDay,
  sourceAsset,
  sql,
  text,
  timestamp,
} from "@freshet/core"

import { landedOptions } from "./asset-options.ts"

/** The text of a time in UTC, to the second. */
const timePattern = String.raw`\d{4}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d`

/** Columns of the files with engagements. */
const engagementColumns = {
  user_id: int32("Person who engaged."),
  engaged_with_id: int32("Person with whom they engaged."),
  occurred_at: text("Time of the engagement in UTC, as YYYY-MM-DD HH:MM:SS."),
}

const rejectedEngagements = [
  {
    reason: "id_out_of_range",
    when: sql`user_id < 1 or user_id > 2147483647
      or engaged_with_id < 1 or engaged_with_id > 2147483647`,
  },
  {
    reason: "wrong_type",
    when: sql`not regexp_full_match(occurred_at, ${timePattern})
      or starts_with(occurred_at, '0000') or try_cast(occurred_at as timestamp) is null`,
  },
  {
    reason: "after_the_day",
    when: sql`substr(occurred_at, 1, 10) > cast(${partitionDay} as varchar)`,
  },
]

/** Declares the snapshots of one kind of engagement. */
function engagementSnapshots<const N extends string>(
  kind: N,
  description: string,
  file: { readonly width: number; readonly timeAt: number },
) {
  const positions = { user_id: 0, engaged_with_id: 1, occurred_at: file.timeAt }
  return sourceAsset({
    ...landedOptions,
    name: `${kind}_snapshots`,
    description,
    format: {
      kind: "csv",
      noHeader: { width: file.width, positions },
      shortRecords: "empty",
    },
    path: `reputation/${kind}/{partition}.csv`,
    whenMissing: "wait",
    columns: engagementColumns,
    reject: rejectedEngagements,
  })
}

export const followSnapshots = engagementSnapshots(
  "follow",
  "All follows up to the day, since the site exists.",
  { width: 4, timeAt: 2 },
)

const messageFile = { width: 5, timeAt: 3 }

export const replySnapshots = engagementSnapshots(
  "reply",
  "Replies to messages in the 90 days that end with the day.",
  messageFile,
)

export const mentionSnapshots = engagementSnapshots(
  "mention",
  "Mentions of people in messages in the 90 days that end with the day.",
  messageFile,
)

export const likeSnapshots = engagementSnapshots(
  "like",
  "Likes of messages in the 90 days that end with the day.",
  messageFile,
)

export const personSnapshots = sourceAsset({
  ...landedOptions,
  name: "person_snapshots",
  description: "All people of the site on the day. The file has ten more values for each.",
  format: { kind: "csv", noHeader: { width: 12, positions: { user_id: 0, suspended: 11 } } },
  path: "reputation/user/{partition}.csv",
  whenMissing: "wait",
  columns: {
    user_id: int32("Id of the person."),
    suspended: int16("1 if the person is suspended, else 0."),
  },
  reject: [
    { reason: "id_out_of_range", when: sql`user_id < 1 or user_id > 2147483647` },
    { reason: "unknown_flag", when: sql`suspended < 0 or suspended > 1` },
  ],
  duplicate: { reason: "duplicate_id", columns: ["user_id"], when: sql`true` },
})

export const messageFiles = sourceAsset({
  ...landedOptions,
  name: "message_files",
  description: "Messages of the day, one JSON object per line.",
  format: {
    kind: "json_lines",
    keys: {
      message_id: "id",
      parent_message_id: ["conversation", "parent_message_id"],
      sentiment: ["entities", "sentiment", "basic"],
      link_description: ["links", 0, "description"],
    },
  },
  path: "reputation/messages/{partition}.json",
  whenMissing: "gap",
  columns: {
    message_id: int64("Id of the message."),
    user_id: int32("Author of the message."),
    body: text("The message."),
    created_at: timestamp("Time of the message."),
    recommended: bool("True if the site picked the author as a good one by hand."),
    parent_message_id: nullable(int64("First message of the conversation.")),
    sentiment: nullable(text("Sentiment that the author chose, such as Bullish.")),
    link_description: nullable(text("Description of the first linked page.")),
  },
  reject: [
    {
      reason: "id_out_of_range",
      when: sql`user_id < 1 or user_id > 2147483647
        or message_id < 1 or message_id > 9007199254740991`,
    },
    {
      reason: "after_the_day",
      when: sql`cast(timezone('UTC', created_at) as date) > ${partitionDay}`,
    },
  ],
  duplicate: { reason: "duplicate_message", columns: ["message_id"], when: sql`true` },
})
