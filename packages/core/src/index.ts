export type {
  AnyAsset,
  Asset,
  Batch,
  CodeComputation,
  ColumnBatch,
  ColumnValues,
  Report,
} from "./declare/asset.ts"
export type { Computation, ComputeContext, Output, Rows, SqlComputation } from "./declare/asset.ts"
export { codeAsset, sharedRows, sqlAsset, sqlAssets } from "./declare/asset.ts"
export type { Check, CheckRule, Severity } from "./declare/check.ts"
export { balanced } from "./declare/balanced.ts"
export { noRows, notNull, oneOf, refersTo, rowCount, unique } from "./declare/check.ts"
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
} from "./declare/column.ts"
export { quoteName, struct, text, timestamp } from "./declare/column.ts"
export type { Freshness } from "./declare/freshness.ts"
export { dueBy } from "./declare/freshness.ts"
export { parseDay } from "./partitions/calendar.ts"
export { encodeFolderName } from "./partitions/folder-name.ts"
export { nests, convertRange } from "./partitions/nesting.ts"
export type {
  Daily,
  Granularity,
  PartitionRange,
  PartitionText,
  Partitions,
  Static,
  Timed,
  TimedGranularity,
  Unpartitioned,
} from "./declare/partition.ts"
export { daily, hourly, monthly, staticKeys, unpartitioned, weekly } from "./declare/partition.ts"
export { findPartition, isTimed, getNewestClosed, getPartitionAt } from "./declare/partition.ts"
export {
  toTimeInterval,
  formatPartitionKey,
  getPartitionNoun,
  formatPartition,
} from "./declare/partition.ts"
export type { FitsTable, Publish, PublishedTable, CompilerMessage } from "./declare/publish.ts"
export { publishTo } from "./declare/publish.ts"
export type { OnShortWindow, Read, Window } from "./declare/read.ts"
export { all, itself, last, latest, previous, formatRelationName, upTo } from "./declare/read.ts"
export { window, formatWindow } from "./declare/read.ts"
export type { Retention } from "./declare/retention.ts"
export { keepFor } from "./declare/retention.ts"
export type {
  CsvFormat,
  DuplicateRule,
  LineKinds,
  RejectRule,
  SourceAsset,
  SourceFormat,
} from "./declare/source.ts"
export { sourceAsset } from "./declare/source.ts"
export type { Sql, SqlPart, SqlValue } from "./declare/sql.ts"
export { identifier, joinSql, partitionDay, partitionEnd, partitionKeyText } from "./declare/sql.ts"
export { partitionStart, listReads, renderSql } from "./declare/sql.ts"
export { sharedRelation, sql } from "./declare/sql.ts"
export { topK } from "./declare/top-k.ts"
export { zoneOffset } from "./partitions/zone.ts"
export type * from "./ports.ts"
export type * from "./evaluate/ledger-snapshot.ts"
export type { Removal } from "./evaluate/remove-materializations.ts"
export { removeMaterializations } from "./evaluate/remove-materializations.ts"
export type { Fingerprint, Lanes } from "./evaluate/fingerprint.ts"
export {
  fingerprintContent,
  computeFingerprint,
  formatFingerprint,
} from "./evaluate/fingerprint.ts"
export {
  createLanes,
  parseFingerprint,
  buildRunningSums,
  differenceAt,
  toDifferences,
} from "./evaluate/fingerprint.ts"
export type { FreshetErrorCode, Problem } from "./problem.ts"
export { FreshetError, ProblemsError, unreachable } from "./problem.ts"
export { formatSuggestion, findNearest } from "./suggest.ts"
export type { StepResult } from "./execute/run-step.ts"
export type { RunOptions, RunResult } from "./execute/execute.ts"
export type { PublicationResult } from "./execute/publish-sets.ts"
export { execute } from "./execute/execute.ts"
export type { RecomputeEffects, RowsChange, ReproducibilityResult } from "./execute/recompute.ts"
export { recompute } from "./execute/recompute.ts"
export type { MaterializationCache } from "./execute/materialization-cache.ts"
export { createMaterializationCache } from "./execute/materialization-cache.ts"
export type { PartitionBounds } from "./evaluate/partition-bounds.ts"
export { getDeclaredRange, findPartitionBounds } from "./evaluate/partition-bounds.ts"
export type { Graph, GraphResult, Reading } from "./graph/graph.ts"
export { getAsset, buildGraph, getOutputs, listSources } from "./graph/graph.ts"
export type { Edge } from "./graph/lineage.ts"
export { listEdges, findReachable } from "./graph/lineage.ts"
export { intersectRanges, listPartitionsRead, listPartitionsReading } from "./graph/mapping.ts"
export type { Attribute, HasState, Selection, SelectionResult } from "./graph/selection.ts"
export { parseSelection, resolveSelection, stateValues } from "./graph/selection.ts"
export { mergeRanges } from "./partitions/ranges.ts"
export { formatAssetPartitions, formatCause, explain, formatPartitions } from "./plan/explain.ts"
export { formatRead, formatStatus } from "./plan/explain.ts"
export type { EvaluationInputs } from "./evaluate/inputs.ts"
export { emptyVersion } from "./evaluate/inputs.ts"
export { getStablePartition, listReadVersions } from "./evaluate/inputs.ts"
export { getPartitions, listReadings, listReadRanges } from "./evaluate/inputs.ts"
export type { ReadRange } from "./evaluate/inputs.ts"
export { fingerprintInputs } from "./evaluate/input-fingerprint.ts"
export type { CheckStep, MaterializeStep, Plan, PlanRequest, Step } from "./plan/plan.ts"
export type { CheckWork, BlockedWork, Work } from "./plan/plan.ts"
export { isInRanges, buildPlan, countPartitions } from "./plan/plan.ts"
export { listPartitions, countSteps, listSteps, listBlockedWork } from "./plan/plan.ts"
export { listNewestTargets } from "./plan/targets.ts"
export type { FailedChecks } from "./evaluate/failed-checks.ts"
export { findFailedChecks, findFailedUpstream } from "./evaluate/failed-checks.ts"
export { findStaleDownstream } from "./plan/stale-downstream.ts"
export type { NamedRange, SavedPlan } from "./plan/saved-plan.ts"
export { findPlanDrift, toPlanRequest, savePlan } from "./plan/saved-plan.ts"
export type { ReasonGroup } from "./plan/reasons.ts"
export { groupByReason } from "./plan/reasons.ts"
export type { PublicationPlan } from "./plan/publication.ts"
export { isReadyToPublish, groupPublicationSets } from "./plan/publication.ts"
export { evaluate } from "./evaluate/evaluate.ts"
export type { Evaluation, StateCounts, StateKind, ComputationStates } from "./evaluate/states.ts"
export {
  findCodeVersion,
  countStates,
  stateFlags,
  stateFlagsAt,
  findFreshInput,
} from "./evaluate/states.ts"
export { isFresh } from "./evaluate/states.ts"
export {
  failsChecks,
  findInput,
  toRanges,
  listRangesWhere,
  toStateKind,
} from "./evaluate/states.ts"
export type { Cause, ChangedInput, Status } from "./evaluate/staleness.ts"
export { getAssetStatus, listChangedInputs, getStatus } from "./evaluate/staleness.ts"
export type { Hash, ParsedQueries } from "./evaluate/declared-versions.ts"
export {
  toCanonicalJson,
  computeChecksVersion,
  computeCodeVersion,
  computeInputVersion,
  listQueryTexts,
} from "./evaluate/declared-versions.ts"
