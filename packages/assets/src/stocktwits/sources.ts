import { int32, int64, nullable, sourceAsset, sql, text, timestamp } from "@freshet/core"

import { landedOptions } from "./asset-options.ts"

const mentionedIds = sql`try_cast(string_split(mention_ids, ',') as integer[])`

export const activityLog = sourceAsset({
  ...landedOptions,
  name: "activity_log",
  description:
    "Activity of users on one day, one event per line in no particular order: follows, subscribes, messages and likes.",
  format: { kind: "json_lines" },
  path: "stocktwits/activity/{partition}.json",
  whenMissing: "gap",
  columns: {
    action: text("Action: follow, subscribe, message or like."),
    user_id: int32("User who acted."),
    following_user_id: nullable(int32("Follow: user who is followed.")),
    room_id: nullable(int32("Subscribe or message: id of the room.")),
    message_id: nullable(int64("Message: its id. Like: id of the liked message.")),
    mention_ids: nullable(
      text("Message: ids of mentioned users, separated by commas; empty if none."),
    ),
    timestamp: nullable(timestamp("Time of the event; missing in many logs.")),
  },
  lineKinds: {
    column: "action",
    reason: "unknown_action",
    kinds: {
      follow: ["following_user_id"],
      subscribe: ["room_id"],
      message: ["message_id", "room_id", "mention_ids?"],
      like: ["message_id"],
    },
  },
  reject: [
    {
      reason: "wrong_type",
      when: sql`mention_ids <> ''
        and not regexp_full_match(mention_ids, ' *([0-9]+ *(, *[0-9]+ *)*)?')`,
    },
    {
      // one comparison each: the engine has a fast path for it
      reason: "id_out_of_range",
      when: sql`user_id < 1 or user_id > 2147483647
        or following_user_id < 1 or following_user_id > 2147483647
        or room_id < 1 or room_id > 2147483647
        or message_id < 1 or message_id > 9007199254740991`,
    },
    {
      // CASE, because AND would evaluate the lists for every line; an entry outside the integers is null
      reason: "id_out_of_range",
      when: sql`case when mention_ids <> '' and trim(mention_ids) <> ''
          and not regexp_full_match(mention_ids, '[1-9][0-9]{0,8}(,[1-9][0-9]{0,8})*')
        then list_min(${mentionedIds}) < 1 or list_count(${mentionedIds}) < len(${mentionedIds}) end`,
    },
  ],
  duplicate: {
    reason: "duplicate_message",
    columns: ["message_id"],
    when: sql`action = 'message'`,
  },
})

const idsOutOfRange = {
  reason: "id_out_of_range",
  when: sql`id not between 1 and 2147483647`,
}

const duplicateIds = { reason: "duplicate_id", columns: ["id"], when: sql`true` }

export const userSnapshots = sourceAsset({
  ...landedOptions,
  name: "user_snapshots",
  description: "All users of the site with their profiles on the day.",
  format: { kind: "csv" },
  path: "stocktwits/users/{partition}.csv",
  whenMissing: "wait",
  columns: {
    id: int32("Id of the user."),
    username: text("Name shown on the site; not unique."),
    experience: nullable(text("Trading experience, as stated by the user.")),
    approach: nullable(text("Trading approach, such as Technical or Value.")),
    holding_period: nullable(text("Holding period, such as Day Trader.")),
    assets_traded: nullable(text("Asset classes that the user trades, separated by commas.")),
  },
  reject: [idsOutOfRange],
  duplicate: duplicateIds,
})

export const roomSnapshots = sourceAsset({
  ...landedOptions,
  name: "room_snapshots",
  description: "All rooms of the site with their topics on the day.",
  format: { kind: "csv" },
  path: "stocktwits/rooms/{partition}.csv",
  whenMissing: "wait",
  columns: {
    id: int32("Id of the room."),
    slug: text("Name of the room in URLs."),
    topics: nullable(text("Topics of the room, separated by commas.")),
  },
  reject: [idsOutOfRange],
  duplicate: duplicateIds,
})
