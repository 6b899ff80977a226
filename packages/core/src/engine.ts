export { listArrivalTargets } from "./automation/arrival-targets.ts"
export { findNextTick, listCronTicks } from "./automation/cron.ts"
export type {
  Arrival,
  ArrivedPartitions,
  DueTick,
  NewestTick,
  ScheduleState,
  TickFacts,
} from "./automation/due-ticks.ts"
export { listDueTicks } from "./automation/due-ticks.ts"
export type { IdleReason } from "./automation/idle-reason.ts"
export { explainIdleSchedule } from "./automation/idle-reason.ts"
export type { Schedule } from "./automation/schedules.ts"
export { findAutomationProblems, formatAutomation, listSchedules } from "./automation/schedules.ts"
export type { Output } from "./declare/asset.ts"
export type { CodeComputation, Computation, SqlComputation } from "./declare/declaration.ts"
export { quoteName } from "./declare/column.ts"
export { parseDay } from "./partitions/calendar.ts"
export { encodeFolderName } from "./partitions/folder-name.ts"
export { convertRange, nests } from "./partitions/nesting.ts"
export type {
  Granularity,
  PartitionRange,
  PartitionText,
  TimedGranularity,
} from "./declare/partition.ts"
export {
  findPartition,
  formatPartition,
  formatPartitionKey,
  getNewestClosed,
  getPartitionAt,
  getPartitionNoun,
  isTimed,
  toTimeInterval,
} from "./declare/partition.ts"
export type { ColumnsFitTable, CompilerMessage } from "./declare/publish.ts"
export { formatReadWindow, formatRelationName } from "./declare/read.ts"
export { listReads, renderSql } from "./declare/sql.ts"
export type * from "./ports.ts"
export type * from "./publisher.ts"
export { computeCodeText } from "./evaluate/code-text.ts"
export { formatLandingPath, splitLandingPath } from "./declare/landing-path.ts"
export type * from "./evaluate/landing.ts"
export type * from "./evaluate/ledger-snapshot.ts"
export type { Removal } from "./evaluate/remove-materializations.ts"
export { removeMaterializations } from "./evaluate/remove-materializations.ts"
export type { Fingerprint, Lanes } from "./evaluate/fingerprint.ts"
export {
  buildRunningSums,
  computeFingerprint,
  createLanes,
  differenceAt,
  fingerprintContent,
  formatFingerprint,
  parseFingerprint,
  toDifferences,
} from "./evaluate/fingerprint.ts"
export type { FreshetErrorCode, Problem } from "./problem.ts"
export { FreshetError, getErrorMessage, ProblemsError, unreachable } from "./problem.ts"
export { findNearest, formatSuggestion } from "./suggest.ts"
export { findPoolProblems } from "./graph/execution-problems.ts"
export type { StepResult } from "./execute/run-step.ts"
export type { RunEffects } from "./execute/run-effects.ts"
export type { RunAssistance, RunDescription, RunResult } from "./execute/execute.ts"
export { assistRun, computeWorkVersion, execute } from "./execute/execute.ts"
export { getPriority, type RunKind } from "./execute/run-kind.ts"
export type { RunOptions } from "./execute/active-run.ts"
export { maxFirstLines, maxLastLines, maxLineLength, shortenLine } from "./execute/step-log.ts"
export type { PublicationResult } from "./execute/publish-sets.ts"
export { buildPublicationRequests } from "./execute/publish-sets.ts"
export type { RecomputeEffects, ReproducibilityResult, RowsChange } from "./execute/recompute.ts"
export { recompute } from "./execute/recompute.ts"
export type { MaterializationCache } from "./execute/materialization-cache.ts"
export { createMaterializationCache } from "./execute/materialization-cache.ts"
export type { PartitionBounds } from "./evaluate/partition-bounds.ts"
export {
  findLandedRange,
  findPartitionBounds,
  getDeclaredRange,
  isExisting,
} from "./evaluate/partition-bounds.ts"
export { collectAssets, isAsset, isAssetModule } from "./graph/collect-assets.ts"
export type { Graph, GraphResult, Reading } from "./graph/graph.ts"
export { buildGraph, getAsset, getAssetRead, getOutputs, listSources } from "./graph/graph.ts"
export type { Edge } from "./graph/lineage.ts"
export { findReachable, listEdges } from "./graph/lineage.ts"
export { formatDot, formatMermaid } from "./graph/lineage-diagram.ts"
export { intersectRanges, listPartitionsRead, listPartitionsReading } from "./graph/mapping.ts"
export { selectionKeywords } from "./graph/selection-keywords.ts"
export type { Attribute, HasState, Selection, SelectionResult } from "./graph/selection.ts"
export { parseSelection, resolveSelection, stateValues } from "./graph/selection.ts"
export {
  filterRanges,
  intersectRangeLists,
  joinRanges,
  subtractRanges,
  takeNewest,
  countPartitions,
  isInRanges,
  listPartitions,
  toRanges,
} from "./partitions/range-algebra.ts"
export { formatCause, formatPartitions, formatRead, formatStatus } from "./plan/explain.ts"
export { findAwaitedFiles } from "./evaluate/awaited-files.ts"
export type { Blocker } from "./evaluate/blocker.ts"
export { describeBlocker, formatBlocker } from "./evaluate/blocker.ts"
export type { EvaluationInputs, ReadRange } from "./evaluate/inputs.ts"
export {
  emptyVersion,
  getLandedVersion,
  getPartitions,
  getStablePartition,
  listReadRanges,
  listStepRanges,
  listStepReadings,
  listReadVersions,
  listReadings,
} from "./evaluate/inputs.ts"
export { findAssetByStableName, formatStableRead, getStableName } from "./graph/stable-name.ts"
export { fingerprintInputs } from "./evaluate/input-fingerprint.ts"
export type { CheckWork } from "./plan/check-work.ts"
export type {
  BlockedWork,
  CheckStep,
  MaterializeStep,
  Plan,
  PlanRequest,
  Step,
  Work,
} from "./plan/plan.ts"
export { buildPlan, countSteps, listBlockedWork, listSteps } from "./plan/plan.ts"
export { listNewestTargets } from "./plan/targets.ts"
export type { FailedChecks } from "./evaluate/failed-checks.ts"
export { findFailedChecks, findFailedUpstream } from "./evaluate/failed-checks.ts"
export type { ComputationRanges } from "./evaluate/partition-set.ts"
export { listOutdatedPins } from "./evaluate/pinned-inputs.ts"
export { buildRecordedInputs, listUnexplainedPartitions } from "./evaluate/recorded-inputs.ts"
export type { RecordedInputs, RecordedReads } from "./evaluate/recorded-reads.ts"
export type { RemovedFile } from "./evaluate/removed-inputs.ts"
export { findRemovedFile, findRemovedFiles } from "./evaluate/removed-inputs.ts"
export { findStaleDownstream } from "./plan/stale-downstream.ts"
export type { NamedRange, SavedPlan } from "./plan/saved-plan.ts"
export { findPlanDrift, savePlan, toPlanRequest } from "./plan/saved-plan.ts"
export type {
  BlockedGroup,
  ExplainedGroup,
  PlanExplanation,
  SkippedGroup,
} from "./plan/explain-plan.ts"
export { changedChecksReason, explain, explainGroup } from "./plan/explain-plan.ts"
export type { ReasonGroup } from "./plan/reasons.ts"
export { groupByReason } from "./plan/reasons.ts"
export { groupBy } from "./group-by.ts"
export type { PublicationPlan } from "./plan/publication.ts"
export type { AwaitedAsset, WaitingSet } from "./plan/waiting-sets.ts"
export { canBecomeReady, findWaitingSets } from "./plan/waiting-sets.ts"
export type { SetPublication } from "./plan/publication-set.ts"
export {
  findSetPublication,
  groupPublicationSets,
  listPublished,
  listPublishedAssets,
} from "./plan/publication-set.ts"
export { evaluate } from "./evaluate/evaluate.ts"
export type { ComputationProof, FreshnessProof, SourceProof } from "./prove/freshness-proof.ts"
export type { ProofEffects, RecordedVersions } from "./prove/proof-effects.ts"
export type { ProvenEvaluation } from "./prove/prove-freshness.ts"
export { proveFreshness } from "./prove/prove-freshness.ts"
export type { PublishedVersions } from "./prove/published-versions.ts"
export type { RecordedFreshness } from "./prove/find-unproven.ts"
export type { LostFileKind, LostFiles } from "./evaluate/states.ts"
export type { ComputationStates, Evaluation, StateCounts, StateKind } from "./evaluate/states.ts"
export {
  countStates,
  failsChecks,
  findCodeVersion,
  findFreshInput,
  findInput,
  isFresh,
  listRangesWhere,
  stateFlags,
  stateFlagsAt,
  toStateKind,
} from "./evaluate/states.ts"
export type { Cause, ChangedInput, Status } from "./evaluate/staleness.ts"
export { getAssetStatus, getStatus, listChangedInputs } from "./evaluate/staleness.ts"
export type { Hash, ParsedQueries } from "./evaluate/declared-versions.ts"
export {
  computeChecksVersion,
  computeCodeVersion,
  computeInputVersion,
  listQueryTexts,
  toCanonicalJson,
} from "./evaluate/declared-versions.ts"
export type { Random } from "./random.ts"
export { createRandom, shuffleIds } from "./random.ts"
export { formatCauses, formatMainCause } from "./plan/causes.ts"
export {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  formatQuantity,
} from "./quantity.ts"
export { getZoneOffset } from "./partitions/zone.ts"
export type { ColumnKind } from "./declare/column.ts"
export type { Static } from "./declare/partition.ts"
export type { Unpartitioned } from "./declare/partition.ts"
export type { Publish } from "./declare/publish.ts"
export { sharedRelation } from "./declare/sql.ts"
export type { ColumnValues } from "./declare/rows.ts"
export type { CsvFormat } from "./declare/source-format.ts"
export type { FindMessagePartition, StreamedSource } from "./stream/message-partition.ts"
export { createMessageAssigner, isStreamed } from "./stream/message-partition.ts"
export type { LineKinds } from "./declare/source-format.ts"
export type { OnShortWindow } from "./declare/window.ts"
export type { Window } from "./declare/window.ts"
