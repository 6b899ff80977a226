import type * as documents from "@freshet/services/documents"
import type * as z from "zod/mini"

import type * as uiDocuments from "../../server/documents.ts"

/** The documents of the HTTP interface, which are those of the command line. */
export type StatusDocument = z.output<typeof documents.statusSchema>
export type AssetStateDocument = StatusDocument["assets"][number]
export type AttentionDocument = z.output<typeof documents.attentionSchema>
export type AttentionCause = AttentionDocument["causes"][number]
export type AssetListDocument = z.output<typeof documents.assetListSchema>
export type AssetDetailDocument = z.output<typeof documents.assetDetailSchema>
export type PartitionsDocument = z.output<typeof documents.partitionsSchema>
export type PartitionRow = PartitionsDocument["partitions"][number]
export type StateRange = PartitionsDocument["ranges"][number]
export type ExplanationDocument = z.output<typeof documents.explanationSchema>
export type RowsDocument = z.output<typeof documents.rowsSchema>
export type ProfileDocument = z.output<typeof documents.profileSchema>
export type RowCountsDocument = z.output<typeof documents.rowCountsSchema>
export type ColumnLineageDocument = z.output<typeof documents.columnLineageSchema>
export type DiffDocument = z.output<typeof documents.diffSchema>
export type DiffRow = DiffDocument["rows"][number]
export type VersionsDocument = z.output<typeof documents.versionsSchema>
export type QuarantineDocument = z.output<typeof documents.quarantineSchema>
export type LineageDocument = z.output<typeof documents.lineageSchema>
export type PlanDocument = z.output<typeof documents.planSchema>
export type PlanStep = PlanDocument["steps"][number]
export type RunListDocument = z.output<typeof documents.runListSchema>
export type RunRow = RunListDocument["runs"][number]
export type RunDetailDocument = z.output<typeof documents.runDetailSchema>
export type RunLogPageDocument = z.output<typeof documents.runLogPageSchema>
export type LogLine = RunLogPageDocument["lines"][number]
export type StepRow = RunDetailDocument["step_rows"][number]
export type ScheduleListDocument = z.output<typeof documents.scheduleListSchema>
export type ScheduleDocument = ScheduleListDocument["schedules"][number]
export type TickDocument = ScheduleDocument["ticks"][number]
export type SystemDocument = z.output<typeof documents.systemSchema>
export type AssetStorage = SystemDocument["storage"][number]
export type DiagnosticsDocument = z.output<typeof documents.diagnosticsSchema>
export type Finding = DiagnosticsDocument["findings"][number]
export type GarbageDocument = z.output<typeof documents.garbageSchema>
export type ProvenanceDocument = z.output<typeof documents.provenanceSchema>
export type PageQueryDocument = z.output<typeof documents.pageQueryResultSchema>
export type ProblemDocument = z.output<typeof documents.problemSchema>
export type SessionDocument = uiDocuments.SessionDocument
export type RequestDocument = uiDocuments.RequestDocument
export type ProblemsDocument = uiDocuments.ProblemsDocument
export type UiEvent = uiDocuments.UiEvent
export type { TargetDocument } from "../../server/target.ts"
