import {
  codeAsset,
  daily,
  dueBy,
  expiringAsset,
  float64,
  int32,
  int64,
  keepFor,
  noRows,
  itself,
  publishTo,
  rowCount,
  sharedRows,
  sourceAsset,
  sql,
  sqlAsset,
  sqlAssets,
  text,
  timestamp,
  topK,
  unique,
  whenStale,
} from "@freshet/core"
import { bigint, pgTable, timestamp as timestampColumn, varchar } from "drizzle-orm/pg-core"

// #region sourceAsset
/** Rows like `{"user_id": 1, "video": "cats", "watched_at": "2026-01-05T10:00:00Z"}`. */
export const views = sourceAsset({
  name: "views",
  group: "videos",
  description: "Videos that people watched.",
  partitions: daily({ start: "2026-01-01" }),
  columns: {
    user_id: int32("The person."),
    video: text("Name of the video."),
    watched_at: timestamp("The beginning."),
  },
  format: { kind: "json_lines" },
  path: "views/{partition}.json",
  reject: [{ reason: "no_person", when: sql`user_id < 1` }],
})
// #endregion

// #region sqlAsset
export const viewsPerVideo = sqlAsset({
  name: "views_per_video",
  group: "videos",
  description: "How often each video was watched in a day.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { video: text("Name of the video."), views: int64("Number of views.") },
  query: sql`select video, count(*) as views from ${views} group by video`,
  checks: [unique("video"), rowCount({ min: 1 })],
})
// #endregion

// #region codeAsset
export const moods = codeAsset({
  name: "moods",
  group: "videos",
  description: "A score of each watched video.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { video: text("Name of the video."), score: float64("0 to 1.") },
  version: "1",
  upstream: { viewsPerVideo },
  async *compute({ viewsPerVideo }) {
    for await (const { video } of viewsPerVideo)
      yield { video, score: video.includes("cat") ? 1 : 0.5 }
  },
})
// #endregion

// #region sqlAssets
export const { first_views, returning_views } = sqlAssets({
  name: "views_by_order",
  group: "videos",
  partitions: daily({ start: "2026-01-01" }),
  shared: sql`
    select user_id, video, row_number() over (partition by user_id order by watched_at) as place
    from ${views}`,
  outputs: {
    first_views: {
      description: "The first video of each person.",
      columns: { user_id: int32("The person."), video: text("Name of the video.") },
      query: sql`select user_id, video from ${sharedRows} where place = 1`,
    },
    returning_views: {
      description: "All other videos.",
      columns: { user_id: int32("The person."), video: text("Name of the video.") },
      query: sql`select user_id, video from ${sharedRows} where place > 1`,
    },
  },
})
// #endregion

// #region sharedRows
export const { short_names, long_names } = sqlAssets({
  name: "names_by_length",
  group: "videos",
  partitions: daily({ start: "2026-01-01" }),
  shared: sql`select distinct video from ${views}`,
  outputs: {
    short_names: {
      description: "Names of up to ten letters.",
      columns: { video: text() },
      query: sql`select video from ${sharedRows} where length(video) <= 10`,
    },
    long_names: {
      description: "Longer names.",
      columns: { video: text() },
      query: sql`select video from ${sharedRows} where length(video) > 10`,
    },
  },
})
// #endregion

// #region expiringAsset
export const fansTable = pgTable("fans", {
  user_id: bigint({ mode: "bigint" }).primaryKey(),
  video: varchar().notNull(),
  created_at: timestampColumn({ withTimezone: true }).notNull(),
  updated_at: timestampColumn({ withTimezone: true }).notNull(),
})

export const fansOfDay = sqlAsset({
  name: "fans_of_day",
  group: "videos",
  description: "People who watched a video of cats.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { user_id: int64("The person."), video: text("Name of the video.") },
  query: sql`
    select user_id::bigint as user_id, min(video) as video
    from ${views}
    where video like '%cat%'
    group by user_id`,
})

export const fans = expiringAsset({
  name: "fans",
  group: "videos",
  description: "Fans of the last week.",
  rows: fansOfDay,
  key: ["user_id"],
  expireAfterDays: 7,
  columns: { user_id: int64("The person."), video: text("Name of the video.") },
  publish: publishTo(fansTable, { set: "videos" }),
})
// #endregion

// #region publishTo
export const viewsTable = pgTable("video_views", {
  day: varchar().notNull(),
  video: varchar().notNull(),
  views: bigint({ mode: "bigint" }).notNull(),
})

export const publishedViews = sqlAsset({
  name: "published_views",
  group: "videos",
  description: "Views of the last 30 days.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { video: text("Name of the video."), views: int64("Number of views.") },
  query: sql`select * from ${viewsPerVideo}`,
  publish: publishTo(viewsTable, {
    set: "videos",
    keep: { last: 30 },
    partitionColumn: "day",
  }),
})
// #endregion

// #region dueBy
export const dailyNumbers = sqlAsset({
  name: "daily_numbers",
  group: "videos",
  description: "The views of a day, due at seven in the morning of the next one.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { views: int64("Number of views.") },
  query: sql`select count(*) as views from ${views}`,
  freshness: dueBy("07:00", "Europe/Berlin"),
})
// #endregion

// #region keepFor
export const watchers = sqlAsset({
  name: "watchers",
  group: "videos",
  description: "People who watched a video; replaced materializations are deleted after a week.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { user_id: int32("The person.") },
  query: sql`select distinct user_id from ${views}`,
  retention: keepFor({ days: 7 }),
})
// #endregion

// #region topK
export const favourites = sqlAsset({
  name: "favourites",
  group: "videos",
  description: "The three people who watched each video most.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { video: text(), user_id: int32(), views: int32() },
  query: topK({
    from: sql`select video, user_id, count(*)::integer as views from ${views} group by all`,
    by: "video",
    id: "user_id",
    weight: "views",
    count: 3,
  }),
})
// #endregion

// #region itself
export const isPositive = noRows("is_positive", {
  description: "every video has views",
  query: sql`select * from ${itself} where views < 1`,
})
// #endregion

// #region whenStale
export const newestVideos = sqlAsset({
  name: "newest_videos",
  group: "videos",
  description: "Watched videos, computed as soon as a day has landed.",
  partitions: daily({ start: "2026-01-01" }),
  columns: { video: text() },
  query: sql`select distinct video from ${views}`,
  automation: whenStale(),
})
// #endregion
