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
export { findDay } from "./declare/calendar.ts"
export { folderOf } from "./declare/folder.ts"
export { nests, spanned } from "./declare/nesting.ts"
export type {
  Daily,
  Grain,
  PartitionRange,
  PartitionText,
  Partitions,
  Static,
  Timed,
  TimedGrain,
  Unpartitioned,
} from "./declare/partition.ts"
export { daily, hourly, monthly, staticKeys, unpartitioned, weekly } from "./declare/partition.ts"
export { findPartition, isTimed, newestClosed, partitionAt } from "./declare/partition.ts"
export { partitionBounds, partitionKey, partitionNoun, partitionText } from "./declare/partition.ts"
export type { FitsTable, Publish, PublishedTable, Rule } from "./declare/publish.ts"
export { publishTo } from "./declare/publish.ts"
export type { OnShortWindow, Read, Window } from "./declare/read.ts"
export { all, itself, last, latest, previous, relationName, upTo } from "./declare/read.ts"
export { window, windowLabel } from "./declare/read.ts"
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
export { partitionStart, readsOf, renderSql } from "./declare/sql.ts"
export { sharedRelation, sql } from "./declare/sql.ts"
export { topK } from "./declare/top-k.ts"
export type * from "./execute/effects.ts"
export type * from "./plan/snapshot.ts"
export type { Removal } from "./plan/snapshot-without.ts"
export { snapshotWithout } from "./plan/snapshot-without.ts"
export type { Fingerprint, Lanes } from "./fingerprint.ts"
export { contentFingerprint, fingerprint, fingerprintText } from "./fingerprint.ts"
export { lanesOf, parseFingerprint, runningSums, summandAt, summandsOf } from "./fingerprint.ts"
export type { FreshetErrorCode, Problem } from "./problem.ts"
export { FreshetError, ProblemsError, unreachable } from "./problem.ts"
export { didYouMean, findNearest } from "./suggest.ts"
export type { Performed } from "./execute/perform.ts"
export type { RunOptions, RunResult } from "./execute/execute.ts"
export type { PublicationResult } from "./execute/publish-sets.ts"
export { execute } from "./execute/execute.ts"
export type { RederiveEffects, RowsChange, Verdict } from "./execute/rederive.ts"
export { rederive } from "./execute/rederive.ts"
export type { RecordBook } from "./execute/record-book.ts"
export { recordBook } from "./execute/record-book.ts"
export type { Extents } from "./graph/extent.ts"
export { declaredRange, extentsOf } from "./graph/extent.ts"
export type { Graph, GraphResult, Reading } from "./graph/graph.ts"
export { assetNamed, buildGraph, outputsOf, sourcesOf } from "./graph/graph.ts"
export type { Edge } from "./graph/lineage.ts"
export { edgesAmong, reachable } from "./graph/lineage.ts"
export { intersection, partitionsRead, partitionsReading } from "./graph/mapping.ts"
export type { Attribute, HasState, Selection, SelectionResult } from "./graph/selection.ts"
export { parseSelection, resolveSelection, stateValues } from "./graph/selection.ts"
export { joinedRanges } from "./partitions/ranges.ts"
export { assetPartitionsText, causeText, explain, partitionsText } from "./plan/explain.ts"
export { readText, statusText } from "./plan/explain.ts"
export type { World } from "./plan/inputs.ts"
export { emptyVersion } from "./plan/inputs.ts"
export { lastingPartition, readVersions } from "./plan/inputs.ts"
export { partitionsOf, readingsOf, readRanges } from "./plan/inputs.ts"
export type { ReadRange } from "./plan/inputs.ts"
export { inputFingerprint } from "./plan/input-fingerprint.ts"
export type { CheckStep, MaterializeStep, Plan, PlanRequest, Step } from "./plan/plan.ts"
export type { CheckWork, Waiting, Work } from "./plan/plan.ts"
export { isInRanges, makePlan, partitionCount } from "./plan/plan.ts"
export { partitionsIn, stepCount, stepsOf, waitingOf } from "./plan/plan.ts"
export { newestTargets } from "./plan/targets.ts"
export type { Refused } from "./plan/refused.ts"
export { refusedAmong, refusedBelow } from "./plan/refused.ts"
export { staleAfter } from "./plan/stale-after.ts"
export type { NamedRange, SavedPlan } from "./plan/saved-plan.ts"
export { planDrift, requestOf, savePlan } from "./plan/saved-plan.ts"
export type { ReasonGroup } from "./plan/reasons.ts"
export { reasonGroups } from "./plan/reasons.ts"
export type { PublicationPlan } from "./plan/publication.ts"
export { isReadyNow, publicationSets } from "./plan/publication.ts"
export { evaluate } from "./plan/evaluate.ts"
export type { Evaluation, StateCounts, StateKind, States } from "./plan/states.ts"
export { codeVersionOf, countStates, facts, factsAt, freshInput } from "./plan/states.ts"
export { isFresh } from "./plan/states.ts"
export { isUnfit, madeFrom, rangesOf, rangesWhere, stateKind } from "./plan/states.ts"
export type { Cause, ChangedInput, Status } from "./plan/staleness.ts"
export { assetStatus, changedInputs, statusAt } from "./plan/staleness.ts"
export type { Hash, ParsedQueries } from "./plan/version.ts"
export { canonical, checksVersion, codeVersion, inputVersion, queryTexts } from "./plan/version.ts"
