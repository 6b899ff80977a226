import { identifier, onArrival, pageQuery, schedule, sql } from "@freshet/core"
import { columnsFromTable, getMigrationsFolder } from "@freshet/schema"
import { defineConfig } from "freshet/config"
import { rowsOf, testAsset } from "freshet/testing"

import { viewsPerVideo, views, viewsTable } from "./assets.ts"

export const automation = {
  // #region schedule
  videos: schedule("0 6 * * *", { zone: "Europe/Berlin", catchUp: "all" }),
  // #endregion
  // #region onArrival
  accounts: onArrival({ everySeconds: 60 }),
  // #endregion
}

// #region pageQuery
const mostWatched = pageQuery({
  name: "most_watched",
  description: "The ten most watched videos of one day.",
  asset: "views_per_video",
  parameters: ["prefix"],
  query: ({ partition, prefix }) => sql`
    select video, views from ${identifier(`views_per_video@${partition}`)}
    where starts_with(video, ${prefix ?? ""}) order by views desc, video limit 10`,
})
// #endregion

// #region defineConfig
export const config = defineConfig({
  assets: [import("./assets.ts"), import("./checks.ts")],
  automation: { videos: schedule("@daily", { zone: "UTC" }) },
  pageQueries: [mostWatched],
  landing: "landing",
  memoryMb: 4096,
  profiles: { prod: { landing: "s3://videos/landing", lake: "s3://videos/lake" } },
})
// #endregion

// #region columnsFromTable
export const viewColumns = columnsFromTable(viewsTable, {
  day: "The day.",
  video: "Name of the video.",
  views: "Number of views.",
})
// #endregion

// #region getMigrationsFolder
export const migrations = getMigrationsFolder()
// #endregion

// #region testAsset
export const testedRows = await testAsset(viewsPerVideo, {
  partition: "2026-01-05",
  reads: { views: [{ user_id: 1, video: "cats", watched_at: "2026-01-05T10:00:00Z" }] },
})
// [{ video: "cats", views: 1n }]
// #endregion

// #region rowsOf
export const typedRows = await testAsset(viewsPerVideo, {
  partition: "2026-01-05",
  reads: { views: rowsOf(views, [{ video: "cats" }, { video: "cats" }]) },
})
// [{ video: "cats", views: 2n }]
// #endregion
