export type { Config, FreshetConfig } from "./config.ts"
export { resolveConfig, toDemoConfig } from "./config.ts"
export { createServices } from "./create-services.ts"
export { readFailedRows } from "./data/failed-rows.ts"
export type { ReportRows, ResultRow } from "./data/report-rows.ts"
export { readReportRows } from "./data/report-rows.ts"
export { findRelation, requireSql } from "./data/sql-request.ts"
export { findNewestStored, readRelations, resolveStoredPartition } from "./data/stored-partition.ts"
export {
  createKeyFormatter,
  createRangeConverter,
  toBlockedDocuments,
  toCauseDocuments,
  toFailedCheckDocuments,
  toPlanDocument,
  toStatusDocument,
} from "./documents/plan-document.ts"
export { groupBy } from "./group-by.ts"
export type { GarbageCollectionRequest, GarbageReport } from "./maintain/collect-garbage.ts"
export type { WipeReport, WipeRequest } from "./maintain/wipe-partitions.ts"
export { findRecord, readCurrentRecords } from "./materialization-records.ts"
export { openStore } from "./open-store.ts"
export { formatCommand, formatPartitionFlag } from "./plan/command-text.ts"
export type { Cost, PlanCost } from "./plan/cost.ts"
export { estimateCost, sumCosts } from "./plan/cost.ts"
export { isEmptyPlan } from "./plan/empty-plan.ts"
export type { MaterializeRequest } from "./plan/materialize-request.ts"
export { createMaterializeRequest } from "./plan/materialize-request.ts"
export { planWithExistingFiles } from "./plan/missing-files.ts"
export type { OnlyState } from "./plan/only-state.ts"
export { onlyStates, toPlanState } from "./plan/only-state.ts"
export type { PartitionArguments } from "./plan/partition-arguments.ts"
export {
  hasPartitionArguments,
  resolvePartition,
  resolveRange,
  resolveTargets,
} from "./plan/partition-arguments.ts"
export type { BlockedGroup, CostedGroup, PlanDetails, SkippedGroup } from "./plan/plan-details.ts"
export { getRemainingDetails, groupBlockedWork, readPlanDetails } from "./plan/plan-details.ts"
export type { PlanFile } from "./plan/plan-file.ts"
export { readPlanFile, requireNewPath, writePlanFile } from "./plan/plan-file.ts"
export { selectAsset, selectAssets } from "./plan/select-assets.ts"
export { sourceProblem, usageError } from "./plan/target-problems.ts"
export type { Project, ProjectPlan, RunDetail, RunReport, RunRow, StepRow } from "./project.ts"
export {
  addDownstream,
  chooseBackfillCommands,
  filterStale,
  listBackfillRoots,
} from "./run/backfill-downstream.ts"
export type { CancelResult } from "./run/cancel-run.ts"
export type { ComputationCounts, RunProgress, RunningStep } from "./run/run-progress.ts"
export { applyEvent, isUnsuccessful, parseStepId, startProgress } from "./run/run-progress.ts"
export type { RunRequest } from "./run/run-request.ts"
export type { FailedStep, PublicationSummary, RunSummary } from "./run/run-summary.ts"
export { summarizeRun } from "./run/run-summary.ts"
export type { UnpublishedSet } from "./run/unpublished-sets.ts"
export { findUnpublishedSets } from "./run/unpublished-sets.ts"
export type { DataAccess, Services } from "./services.ts"
export type { AssetDetail } from "./status/asset-detail.ts"
export { readAssetDetail } from "./status/asset-detail.ts"
export type { AssetState, PartitionCounts } from "./status/asset-state.ts"
export { findRepresentative, readAssetStates } from "./status/asset-state.ts"
export type { PathStop } from "./status/cause-path.ts"
export type { CheckFailure, FailedCheck } from "./status/check-failure.ts"
export { createPathFormatter, readCheckFailure, shownPath } from "./status/read-check-failure.ts"
export type { PartitionExplanation, RootCause } from "./status/root-causes.ts"
export { explainPartition, formatFixCommand } from "./status/root-causes.ts"
export type { Recomputation, RecomputeResult } from "./verify/recomputation.ts"
export type {
  VerificationFinding,
  VerificationProgress,
  VerificationReport,
} from "./verify/verify-partitions.ts"
export { verifyPartitions } from "./verify/verify-partitions.ts"
