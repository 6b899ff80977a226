export { listAlerts } from "./alerts/read-alerts.ts"
export { testChannels } from "./alerts/test-channels.ts"
export { pauseSchedule } from "./automation/pause-schedule.ts"
export { runWorker } from "./automation/worker.ts"
export { readSchedules } from "./automation/read-schedules.ts"
export type { Scheduler, SchedulerStatus } from "./automation/scheduler.ts"
export { createScheduler } from "./automation/scheduler.ts"
export { simulateSchedules } from "./automation/simulate-schedules.ts"
export type { TickScheduleResult } from "./automation/tick-schedule.ts"
export { finishTick, recordScheduleTick, tickSchedule } from "./automation/tick-schedule.ts"
export type { Config } from "./config.ts"
export { resolveConfig, resolveLocation, toDemoConfig } from "./config.ts"
export type { FreshetConfig } from "./define-config.ts"
export type { AddedDeclaration, DeclarationRequest } from "./scaffold/add-declaration.ts"
export { addDeclaration } from "./scaffold/add-declaration.ts"
export type { CreatedProject } from "./scaffold/create-project.ts"
export { createProject } from "./scaffold/create-project.ts"
export { createServices } from "./create-services.ts"
export type { ServicesOptions } from "./create-services.ts"
export { createEnvironment } from "./environments/create-environment.ts"
export { diffEnvironment, diffEnvironmentRows } from "./environments/diff-environment.ts"
export { dropEnvironment } from "./environments/drop-environment.ts"
export { listEnvironments } from "./environments/list-environments.ts"
export { promoteEnvironment } from "./environments/promote-environment.ts"
export type {
  EnvironmentDiffDocument,
  EnvironmentDocument,
  EnvironmentListDocument,
  PromotionDocument,
} from "./documents/environments.ts"
export { diffRows } from "./data/diff-rows.ts"
export { findExportFormat, getExportExtension } from "./data/export-format.ts"
export { exportRows } from "./data/export-rows.ts"
export type { DemoGenerators } from "./data/demo-generators.ts"
export { loadGenerators } from "./data/demo-generators.ts"
export type { DemoDataRequest } from "./data/land-demo-data.ts"
export { landDemoData, listDemoGroups } from "./data/land-demo-data.ts"
export type { LiveDemo } from "./data/live-demo.ts"
export { createLiveDemo, liveDemoDays } from "./data/live-demo.ts"
export { listVersions } from "./data/list-versions.ts"
export { queryAssets, queryPublished } from "./data/query.ts"
export { readDemoResults } from "./data/read-demo-results.ts"
export { readQuarantine } from "./data/read-quarantine.ts"
export { readPageQuery } from "./data/read-page-query.ts"
export { readProfile } from "./data/read-profile.ts"
export { readRows } from "./data/read-rows.ts"
export { findRelation } from "./data/sql-request.ts"
export type { AlertListDocument, AlertTestDocument } from "./documents/alerts.ts"
export type { AssetDetailDocument } from "./documents/asset-detail.ts"
export type { AssetListDocument } from "./documents/asset-list.ts"
export type { AssetStateDocument } from "./documents/asset-state.ts"
export type { AttentionCauseDocument, AttentionDocument } from "./documents/attention.ts"
export type { ColumnLineageDocument } from "./documents/column-lineage.ts"
export type { ColumnDocument } from "./documents/columns.ts"
export type { DemoDataDocument } from "./documents/demo-data.ts"
export type { FilmHighlightDocument, RecommendationDocument } from "./documents/demo-results.ts"
export type { DiagnosticsDocument, FindingDocument } from "./documents/diagnostics.ts"
export type {
  DiffDocument,
  DiffRowDocument,
  DiffSideDocument,
  VersionsDocument,
} from "./documents/diff.ts"
export type { ChangedRowDocument, PublishPreviewDocument } from "./documents/publish-preview.ts"
export type { ExplanationDocument, RootCauseDocument } from "./documents/explanation.ts"
export type { ErrorDocument } from "./documents/error.ts"
export type { ExportFormat } from "./documents/export.ts"
export type { FailedCheckDocument, FailedPartitionDocument } from "./documents/failed-checks.ts"
export type { GarbageDocument, GarbageRowDocument } from "./documents/garbage.ts"
export type { ComputationPartitionsDocument, ImpactDocument } from "./documents/impact.ts"
export type { LineageDocument } from "./documents/lineage.ts"
export type {
  BlockedDocument,
  CostDocument,
  FailingDocument,
  PlanDocument,
  PlannedPublicationDocument,
  PlanStepDocument,
  SkippedDocument,
} from "./documents/plan.ts"
export type { PageQueryResultDocument } from "./documents/page-query.ts"
export type {
  PartitionRowDocument,
  PartitionsDocument,
  PartitionState,
  StateRangeDocument,
} from "./documents/partitions.ts"
export type { ProblemDocument } from "./documents/problem.ts"
export type { ProvenanceDocument, ProvenanceLineDocument } from "./documents/provenance.ts"
export type { QuarantineDocument } from "./documents/quarantine.ts"
export type { QueryResultDocument, ReportDocument, RowDocument } from "./documents/rows.ts"
export type {
  LineCountDocument,
  PublicationDocument,
  RunDocument,
  RunStepDocument,
  StepOutcomeName,
} from "./documents/run.ts"
export type {
  CancelDocument,
  LogLineDocument,
  ComputationProgressDocument,
  RunDetailDocument,
  RunListDocument,
  RunRowDocument,
  StepRowDocument,
} from "./documents/runs.ts"
export type {
  ScheduleDocument,
  ScheduleListDocument,
  SimulationDocument,
  TickDocument,
} from "./documents/schedules.ts"
export type { StatusDocument } from "./documents/status.ts"
export type { SystemDocument } from "./documents/system.ts"
export type {
  FindingDocument as VerificationFindingDocument,
  RecomputationDocument,
  VerificationDocument,
} from "./documents/verification.ts"
export type { WaitingSetDocument } from "./documents/waiting-set.ts"
export type { OrphanedDocument } from "./documents/orphaned.ts"
export type { WipeDocument } from "./documents/wipe.ts"
export type { EventBus } from "./event-bus.ts"
export { createEventBus } from "./event-bus.ts"
export type { ServiceEvent, TickEvent, WorkProgress } from "./events.ts"
export { readColumnLineage } from "./lineage/read-column-lineage.ts"
export {
  hidePassword,
  keepServerUp,
  readDatabase,
  releaseServer,
} from "./database/embedded-server.ts"
export type { DatabaseDocument } from "./documents/database.ts"
export type { MigrationsDocument } from "./documents/migrations.ts"
export type { GenerateOptions } from "./migrations/migration-generator.ts"
export { checkMigrations, migrateTables, writeMigration } from "./migrations/migrate-tables.ts"
export type { GarbageCollectionRequest } from "./maintain/collect-garbage.ts"
export { collectGarbage } from "./maintain/collect-garbage.ts"
export type { WipeRequest } from "./maintain/wipe-partitions.ts"
export { wipe } from "./maintain/wipe-partitions.ts"
export { formatCommand } from "./plan/command-text.ts"
export type { OnlyState } from "./plan/only-state.ts"
export type { PartitionArguments } from "./plan/partition-arguments.ts"
export { hasPartitionArguments, pickPartitionArguments } from "./plan/partition-arguments.ts"
export type { PlanFile } from "./plan/plan-file.ts"
export { readPlanFile } from "./plan/plan-file.ts"
export type { SaveRequest } from "./plan/plan-request.ts"
export { planRequest } from "./plan/plan-request.ts"
export type { OpenOptions, Project, ProjectLedger } from "./project.ts"
export type { ProvenanceRequest } from "./provenance/read-provenance.ts"
export { readProvenance } from "./provenance/read-provenance.ts"
export { cancelRun } from "./run/cancel-run.ts"
export { readRunLog, readRunLogPage } from "./run/read-run-log.ts"
export type { ExecuteOptions, ExecuteResult } from "./run/execute-run.ts"
export { executeRun } from "./run/execute-run.ts"
export { keepSpareProcess } from "./run/keep-spare-process.ts"
export { listRuns, readRun } from "./run/read-runs.ts"
export { createRetryRequest } from "./run/retry-run.ts"
export type { ComputationProgress, RunningStep, RunProgress } from "./run/run-progress.ts"
export { applyEvent, getStepName, startProgress } from "./run/run-progress.ts"
export { previewPublications } from "./run/preview-publications.ts"
export type { RecordedRequest } from "@freshet/io"
export {
  finishRequest,
  getRequestTarget,
  listOpenRequests,
  listRequests,
  submitRequest,
} from "./run/requests.ts"
export { getRunKind, type RunRequest, type RunTarget } from "./run/run-request.ts"
export type { Runtime } from "./runtime.ts"
export type { Services } from "./services.ts"
export type { LandRequest } from "./stream/land-streams.ts"
export { defaultLandRequest, landDeclaredStreams, landStreams } from "./stream/land-streams.ts"
export { listStreamedSources } from "./stream/select-streams.ts"
export { readAssetDetail } from "./status/asset-detail.ts"
export { diagnose } from "./status/diagnose.ts"
export { explainStaleness } from "./status/explain-staleness.ts"
export { listAssets } from "./status/list-assets.ts"
export { readAttention } from "./status/read-attention.ts"
export { readColumns } from "./status/read-columns.ts"
export { readLineage } from "./status/read-lineage.ts"
export { readPartitions } from "./status/read-partitions.ts"
export { readRowCounts } from "./status/read-row-counts.ts"
export type { StateFilter } from "./status/read-status.ts"
export { readStatus } from "./status/read-status.ts"
export { readSystem } from "./status/read-system.ts"
export type { ProjectWatcher } from "./status/watch-project.ts"
export { watchProject } from "./status/watch-project.ts"
export { recompute } from "./verify/recompute.ts"
export { createStoredFiles } from "./stored-files.ts"
export type { VerifyRequest } from "./verify/verify.ts"
export { verify } from "./verify/verify.ts"
