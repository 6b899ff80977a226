export type { Config, FreshetConfig } from "./config.ts"
export { resolveConfig, toDemoConfig } from "./config.ts"
export { createServices } from "./create-services.ts"
export type { ServicesOptions } from "./create-services.ts"
export type { ServiceEvent, WorkProgress } from "./events.ts"
export type { Runtime } from "./runtime.ts"
export type { DataAccess } from "./data/open-data.ts"
export { openData } from "./data/open-data.ts"
export { readPublished } from "./data/read-published.ts"
export { exportRows } from "./data/export-rows.ts"
export type { DemoDataGroup, DemoDataRequest } from "./data/land-demo-data.ts"
export { demoDataGroups, landDemoData } from "./data/land-demo-data.ts"
export { findRelation } from "./data/sql-request.ts"
export { queryAssets, queryPublished } from "./data/query.ts"
export { readDemoResults } from "./data/read-demo-results.ts"
export { readQuarantine } from "./data/read-quarantine.ts"
export { readRows } from "./data/read-rows.ts"
export type { AssetDetailDocument } from "./documents/asset-detail.ts"
export type { AssetListDocument } from "./documents/asset-list.ts"
export type { AssetStateDocument } from "./documents/asset-state.ts"
export type { ColumnDocument } from "./documents/columns.ts"
export type { DemoDataDocument } from "./documents/demo-data.ts"
export type { FilmHighlightDocument, RecommendationDocument } from "./documents/demo-results.ts"
export type { DiagnosticsDocument, FindingDocument } from "./documents/diagnostics.ts"
export type { ExplanationDocument, RootCauseDocument } from "./documents/explanation.ts"
export type { ExportFormat } from "./documents/export.ts"
export type { FailedCheckDocument, FailedPartitionDocument } from "./documents/failed-checks.ts"
export type { LineageDocument } from "./documents/lineage.ts"
export type { ProblemDocument } from "./documents/problem.ts"
export type { QuarantineDocument } from "./documents/quarantine.ts"
export type { QueryResultDocument, ReportDocument, RowDocument } from "./documents/rows.ts"
export type { StatusDocument } from "./documents/status.ts"
export {
  toBlockedDocuments,
  toFailedCheckDocuments,
  toPlanDocument,
} from "./documents/plan-document.ts"
export { groupBy } from "./group-by.ts"
export type { GarbageCollectionRequest, GarbageReport } from "./maintain/collect-garbage.ts"
export type { WipeReport, WipeRequest } from "./maintain/wipe-partitions.ts"
export { collectGarbage } from "./maintain/collect-garbage.ts"
export { wipeAssetPartitions } from "./maintain/wipe-partitions.ts"
export { findRecord, readCurrentRecords } from "./materialization-records.ts"
export { openStore } from "./open-store.ts"
export { createKeyFormatter, createRangeConverter } from "./partition-keys.ts"
export { toIsoTime } from "./iso-time.ts"
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
export type {
  LockOptions,
  OpenOptions,
  Project,
  ProjectLedger,
  ProjectPlan,
  RunDetail,
  RunRow,
  StepRow,
} from "./project.ts"
export {
  addDownstream,
  chooseBackfillCommands,
  filterStale,
  listBackfillRoots,
} from "./run/backfill-downstream.ts"
export { cancelRun } from "./run/cancel-run.ts"
export type { CancelResult } from "./run/cancel-run.ts"
export type { ComputationCounts, RunProgress, RunningStep } from "./run/run-progress.ts"
export { applyEvent, isUnsuccessful, parseStepId, startProgress } from "./run/run-progress.ts"
export type { RunReport } from "./run/run-plan.ts"
export { runPlan } from "./run/run-plan.ts"
export type { RunRequest } from "./run/run-request.ts"
export type { FailedStep, PublicationSummary, RunSummary } from "./run/run-summary.ts"
export { summarizeRun } from "./run/run-summary.ts"
export type { UnpublishedSet } from "./run/unpublished-sets.ts"
export { findUnpublishedSets } from "./run/unpublished-sets.ts"
export type { Services } from "./services.ts"
export { diagnose } from "./status/diagnose.ts"
export { explainStaleness } from "./status/explain-staleness.ts"
export { listAssets } from "./status/list-assets.ts"
export { readAssetDetail } from "./status/asset-detail.ts"
export { readColumns } from "./status/read-columns.ts"
export { readLineage } from "./status/read-lineage.ts"
export type { StateFilter } from "./status/read-status.ts"
export { readStatus } from "./status/read-status.ts"
export { formatFixCommand } from "./status/root-causes.ts"
export { recomputePartition } from "./verify/recomputation.ts"
export type { RecomputeResult } from "./verify/recomputation.ts"
export type {
  VerificationFinding,
  VerificationProgress,
  VerificationReport,
} from "./verify/verify-partitions.ts"
export { verifyPartitions } from "./verify/verify-partitions.ts"
