export { codeAsset, sharedRows, sqlAsset, sqlAssets } from "./declare/asset.ts"
export type { Automation, GroupAutomation } from "./declare/automation.ts"
export { onArrival, schedule, whenStale } from "./declare/automation.ts"
export { noRows, notNull, oneOf, refersTo, rowCount, unique } from "./declare/check.ts"
export { balanced } from "./declare/balanced.ts"
export type { Column, Columns, RowOf } from "./declare/column.ts"
export {
  bool,
  date,
  decimal,
  float64,
  int16,
  int32,
  int64,
  list,
  nullable,
  struct,
  text,
  timestamp,
} from "./declare/column.ts"
export type { AnyAsset, Asset, Check, Read, SourceAsset, Sql } from "./declare/declaration.ts"
export type { Retries } from "./declare/execution.ts"
export { expiringAsset } from "./declare/expiring-asset.ts"
export type { Freshness } from "./declare/freshness.ts"
export { dueBy } from "./declare/freshness.ts"
export type { Daily, Partitions, Timed } from "./declare/partition.ts"
export { daily, hourly, monthly, staticKeys, unpartitioned, weekly } from "./declare/partition.ts"
export { publishTo } from "./declare/publish.ts"
export { all, asLanded, itself, last, latest, previous, upTo, window } from "./declare/read.ts"
export { keepFor } from "./declare/retention.ts"
export type { Batch, ColumnBatch, Rows } from "./declare/rows.ts"
export { sourceAsset } from "./declare/source.ts"
export type { KafkaStream } from "./declare/stream.ts"
export {
  identifier,
  joinSql,
  partitionDay,
  partitionEnd,
  partitionKeyText,
  partitionStart,
  sql,
} from "./declare/sql.ts"
export { topK } from "./declare/top-k.ts"
