import {
  bool,
  daily,
  date,
  float64,
  int16,
  int32,
  int64,
  nullable,
  sourceAsset,
  sql,
  text,
  timestamp,
} from "@freshet/core"

const everyDay = daily({ start: "2026-01-01" })

/** Lines of one kind, with a column of every plain type. */
export const readings = sourceAsset({
  name: "readings",
  group: "test",
  description: "Readings of an instrument.",
  partitions: everyDay,
  format: { kind: "json_lines" },
  path: "readings/{partition}.json",
  tolerance: 1,
  columns: {
    id: int32(),
    big: nullable(int64()),
    small: nullable(int16()),
    name: text(),
    ok: nullable(bool()),
    ratio: nullable(float64()),
    day: nullable(date()),
    at: nullable(timestamp()),
  },
  reject: [{ reason: "odd_id", when: sql`id = 13 or id > 3000000000` }],
})

/** Lines of several kinds in one file. */
export const activity = sourceAsset({
  name: "activity",
  group: "test",
  description: "What people did.",
  partitions: everyDay,
  format: { kind: "json_lines" },
  path: "activity/{partition}.json",
  tolerance: 1,
  columns: {
    action: text(),
    user_id: int32(),
    room_id: nullable(int32()),
    message_id: nullable(int64()),
    mention_ids: nullable(text()),
    at: nullable(timestamp()),
  },
  lineKinds: {
    column: "action",
    reason: "unknown_action",
    kinds: {
      subscribe: ["user_id", "room_id"],
      message: ["user_id", "room_id", "message_id", "mention_ids?"],
      like: ["user_id", "message_id"],
    },
  },
  reject: [
    { reason: "id_out_of_range", when: sql`user_id < 1 or user_id > 2147483647 or room_id < 1` },
  ],
  duplicate: {
    reason: "duplicate_message",
    columns: ["message_id"],
    when: sql`action = 'message'`,
  },
})

export const people = sourceAsset({
  name: "people",
  group: "test",
  description: "Who is who.",
  partitions: everyDay,
  format: { kind: "csv" },
  path: "people/{partition}.csv",
  tolerance: 1,
  columns: { id: int32(), name: text(), note: nullable(text()), joined: nullable(date()) },
})
