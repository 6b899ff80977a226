export type {
  AssetOptions,
  CodeOptions,
  Output,
  OutputsOptions,
  QueryOptions,
} from "./declare/asset.ts"
export { codeAsset, sharedRows, sqlAsset, sqlAssets } from "./declare/asset.ts"
export type {
  ArrivalAutomation,
  Automation,
  CatchUp,
  CronAutomation,
  GroupAutomation,
  StaleAutomation,
} from "./declare/automation.ts"
export { onArrival, schedule, whenStale } from "./declare/automation.ts"
export { noRows, notNull, oneOf, refersTo, rowCount, unique } from "./declare/check.ts"
export { balanced } from "./declare/balanced.ts"
export type { Column, ColumnKind, ColumnNotes, Columns, Declare, RowOf } from "./declare/column.ts"
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
  PartitionFact,
  Read,
  RejectRule,
  Report,
  Severity,
  SourceAsset,
  Sql,
} from "./declare/declaration.ts"
export type { CodeExecutionPolicy, ExecutionPolicy, Retries } from "./declare/execution.ts"
export type { ExpiryOptions } from "./declare/expiring-asset.ts"
export { expiringAsset } from "./declare/expiring-asset.ts"
export type { Freshness } from "./declare/freshness.ts"
export { dueBy } from "./declare/freshness.ts"
export type {
  Daily,
  Granularity,
  Partitions,
  Static,
  Timed,
  TimedGranularity,
  TimedOptions,
  Unpartitioned,
} from "./declare/partition.ts"
export { daily, hourly, monthly, staticKeys, unpartitioned, weekly } from "./declare/partition.ts"
export type { PageQuery, PageQueryOptions, PageQueryValues } from "./declare/page-query.ts"
export { pageQuery } from "./declare/page-query.ts"
export type { Keep, Publish, PublishedTable, PublishOptions } from "./declare/publish.ts"
export { publishTo } from "./declare/publish.ts"
export type { ReadOptions } from "./declare/read.ts"
export { all, asLanded, itself, last, latest, previous, upTo, window } from "./declare/read.ts"
export type { Retention } from "./declare/retention.ts"
export { keepFor } from "./declare/retention.ts"
export type { Batch, ColumnBatch, ColumnValues, ComputeContext, Rows } from "./declare/rows.ts"
export type {
  CsvFormat,
  JsonKey,
  JsonLinesFormat,
  LineKinds,
  SourceFormat,
} from "./declare/source-format.ts"
export { sourceAsset } from "./declare/source.ts"
export type { EventTimeFormat, KafkaStream } from "./declare/stream.ts"
export type { SqlValue } from "./declare/sql.ts"
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
export type { OnShortWindow, Window } from "./declare/window.ts"
