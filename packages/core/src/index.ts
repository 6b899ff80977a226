export { codeAsset, sharedRows, sqlAsset, sqlAssets } from "./declare/asset.ts"
export { noRows, notNull, oneOf, refersTo, rowCount, unique } from "./declare/check.ts"
export { balanced } from "./declare/balanced.ts"
export type { Column, ColumnKind, ColumnNotes, Columns, RowOf } from "./declare/column.ts"
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
export type {
  AnyAsset,
  Asset,
  Check,
  CheckRule,
  DuplicateRule,
  Read,
  RejectRule,
  Report,
  Severity,
  SourceAsset,
  Sql,
  SqlPart,
} from "./declare/declaration.ts"
export type { Freshness } from "./declare/freshness.ts"
export { dueBy } from "./declare/freshness.ts"
export type { Daily, Partitions, Static, Timed, Unpartitioned } from "./declare/partition.ts"
export { daily, hourly, monthly, staticKeys, unpartitioned, weekly } from "./declare/partition.ts"
export type { Publish, PublishedTable } from "./declare/publish.ts"
export { publishTo } from "./declare/publish.ts"
export { all, itself, last, latest, previous, upTo, window } from "./declare/read.ts"
export type { Retention } from "./declare/retention.ts"
export { keepFor } from "./declare/retention.ts"
export type { Batch, ColumnBatch, ColumnValues, ComputeContext, Rows } from "./declare/rows.ts"
export { sourceAsset } from "./declare/source.ts"
export type { CsvFormat, LineKinds, SourceFormat } from "./declare/source-format.ts"
export type { SqlValue } from "./declare/sql.ts"
export {
  identifier,
  joinSql,
  partitionDay,
  partitionEnd,
  partitionKeyText,
  partitionStart,
  sharedRelation,
  sql,
} from "./declare/sql.ts"
export { topK } from "./declare/top-k.ts"
export type { OnShortWindow, Window } from "./declare/window.ts"
