import { int32, int64, nullable, sourceAsset, sql, text, timestamp } from "@freshet/core"

import { landedOptions } from "./asset-options.ts"

const mentionedIds = sql`try_cast(string_split(mention_ids, ',') as integer[])`

export const activityLog = sourceAsset({
  ...landedOptions,
  name: "activity_log",
  description:
    "What users did on the site on one day, one event a line in no particular order: follows, subscribes, messages and likes.",
  format: { kind: "json_lines" },
  path: "stocktwits/activity/{partition}.json",
  whenMissing: "empty",
  columns: {
    action: text("What was done: follow, subscribe, message or like."),
    user_id: int32("The user who did it."),
    following_user_id: nullable(int32("Of a follow: the user who is followed from now on.")),
    room_id: nullable(int32("Of a subscribe or a message: the room.")),
    message_id: nullable(int64("Of a message: its own id. Of a like: the message that is liked.")),
    mention_ids: nullable(
      text("Of a message: ids of the users it mentions, separated by commas; empty when none."),
    ),
    timestamp: nullable(timestamp("When it happened; many logs do not say.")),
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
      // one comparison each: the engine has a quick way for just that
      reason: "id_out_of_range",
      when: sql`user_id < 1 or user_id > 2147483647
        or following_user_id < 1 or following_user_id > 2147483647
        or room_id < 1 or room_id > 2147483647
        or message_id < 1 or message_id > 9007199254740991`,
    },
    {
      // CASE, because an AND would take the lists to every line; an entry that no integer holds is null
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
  description: "All users of the site with their profiles, as they were on the day.",
  format: { kind: "csv" },
  path: "stocktwits/users/{partition}.csv",
  whenMissing: "wait",
  columns: {
    id: int32("The user."),
    username: text("The name shown on the site; several users may have the same one."),
    experience: nullable(text("How experienced a trader the user is, as they say themselves.")),
    approach: nullable(text("What the user goes by when trading, such as Technical or Value.")),
    holding_period: nullable(text("For how long the user holds, such as Day Trader.")),
    assets_traded: nullable(text("Classes of assets that the user trades, separated by commas.")),
  },
  reject: [idsOutOfRange],
  duplicate: duplicateIds,
})

export const roomSnapshots = sourceAsset({
  ...landedOptions,
  name: "room_snapshots",
  description: "All rooms of the site with their topics, as they were on the day.",
  format: { kind: "csv" },
  path: "stocktwits/rooms/{partition}.csv",
  whenMissing: "wait",
  columns: {
    id: int32("The room."),
    slug: text("The room's name in the site's addresses."),
    topics: nullable(text("What is talked about in the room, separated by commas.")),
  },
  reject: [idsOutOfRange],
  duplicate: duplicateIds,
})
