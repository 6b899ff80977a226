import {
  all,
  asLanded,
  daily,
  identifier,
  int64,
  joinSql,
  last,
  latest,
  partitionDay,
  partitionEnd,
  partitionKeyText,
  partitionStart,
  previous,
  sql,
  sqlAsset,
  text,
  upTo,
  window,
} from "@freshet/core"

import { views, viewsPerVideo } from "./assets.ts"

const group = "videos"
const partitions = daily({ start: "2026-01-01" })

// #region sql
export const oldVideos = sql`select video from ${viewsPerVideo} where views < ${3}`
// #endregion

// #region all
export const viewsOfAllTime = sqlAsset({
  name: "views_of_all_time",
  group,
  description: "The views of all days; one partition.",
  columns: { views: int64() },
  query: sql`select count(*) as views from ${all(views)}`,
})
// #endregion

// #region last
export const viewsOfWeek = sqlAsset({
  name: "views_of_week",
  group,
  description: "The views of the seven days that end with the partition's.",
  partitions,
  columns: { views: int64() },
  query: sql`select count(*) as views from ${last(7, views)}`,
})
// #endregion

// #region window
export const viewsOfPreviousWeek = sqlAsset({
  name: "views_of_previous_week",
  group,
  description: "The views of the seven days before the partition's.",
  partitions,
  columns: { views: int64() },
  query: sql`select count(*) as views from ${window(views, -7, -1, { onShortWindow: "skip" })}`,
})
// #endregion

// #region latest
export const newestViews = sqlAsset({
  name: "newest_views",
  group,
  description: "The views of the newest day; one partition.",
  columns: { views: int64() },
  query: sql`select count(*) as views from ${latest(views)}`,
})
// #endregion

// #region upTo
export const viewsSoFar = sqlAsset({
  name: "views_so_far",
  group,
  description: "The views up to the end of the partition's day.",
  partitions,
  columns: { views: int64() },
  query: sql`select count(*) as views from ${upTo(views)}`,
})
// #endregion

// #region previous
export const people = sqlAsset({
  name: "people",
  group,
  description:
    "Everyone who ever watched a video. Each day adds its people to those of the day before.",
  partitions,
  columns: { user_id: int64() },
  query: sql`
    select user_id from ${previous()}
    union
    select user_id::bigint from ${views}`,
})
// #endregion

// #region asLanded
export const billedViews = sqlAsset({
  name: "billed_views",
  group,
  description: "The views as they were at first, even if the file is corrected later.",
  partitions,
  columns: { views: int64() },
  query: sql`select count(*) as views from ${asLanded(views)}`,
})
// #endregion

// #region identifier
export const quoted = sql`select ${identifier("user_id")} from ${views}` // select "user_id" from …
// #endregion

// #region joinSql
const conditions = [sql`video like 'cat%'`, sql`user_id > 0`]
export const filtered = sql`select * from ${views} where ${joinSql(conditions, " and ")}`
// #endregion

// #region partitionKeyText
export const labelled = sqlAsset({
  name: "labelled",
  group,
  description: "The views with the partition's key.",
  partitions,
  columns: { partition: text(), views: int64() },
  query: sql`select ${partitionKeyText} as partition, count(*) as views from ${views}`,
})
// #endregion

// #region partitionDay
export const birthdays = sql`select * from ${views} where watched_at::date = ${partitionDay}`
// #endregion

// #region partitionStart
export const secondsIntoDay = sql`
  select epoch(watched_at - ${partitionStart}) as seconds from ${views}`
// #endregion

// #region partitionEnd
export const lastHour = sql`
  select * from ${views} where watched_at >= ${partitionEnd} - interval 1 hour`
// #endregion
