export { alertListSchema, alertTestSchema } from "./alerts.ts"
export { assetDetailSchema } from "./asset-detail.ts"
export { assetListSchema } from "./asset-list.ts"
export { attentionSchema } from "./attention.ts"
export { columnLineageSchema } from "./column-lineage.ts"
export { columnsSchema } from "./columns.ts"
export { demoDataSchema } from "./demo-data.ts"
export { diagnosticsSchema } from "./diagnostics.ts"
export { diffSchema, versionsSchema } from "./diff.ts"
export { explanationSchema } from "./explanation.ts"
export { lineageSchema } from "./lineage.ts"
export { partitionsSchema } from "./partitions.ts"
export { provenanceSchema } from "./provenance.ts"
export { quarantineSchema } from "./quarantine.ts"
export { recommendationsSchema } from "./recommendations.ts"
export { queryResultSchema, rowsSchema } from "./rows.ts"
export { scheduleListSchema, simulationSchema } from "./schedules.ts"
export { statusSchema } from "./status.ts"
export { systemSchema } from "./system.ts"
export { garbageSchema } from "./garbage.ts"
export { migrationsSchema } from "./migrations.ts"
export { planSchema } from "./plan.ts"
export { publishPreviewSchema } from "./publish-preview.ts"
export { problemSchema } from "./problem.ts"
export { runSchema, stepOutcomes } from "./run.ts"
export {
  cancelSchema,
  runDetailSchema,
  runListSchema,
  runLogPageSchema,
  runLogSchema,
} from "./runs.ts"
export { recomputationSchema, verificationSchema } from "./verification.ts"
export { wipeSchema } from "./wipe.ts"
