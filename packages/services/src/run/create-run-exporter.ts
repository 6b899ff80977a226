import { createLineageExporter } from "../openlineage/lineage-exporter.ts"
import { createTraceExporter } from "../opentelemetry/trace-exporter.ts"
import type { Project } from "../project.ts"
import type { RunExporter } from "./run-exporter.ts"

/** Creates an exporter to the configured systems. `joinedRun` is the id of a run that another process has started. */
export function createRunExporter(
  project: Project,
  nowMs: () => number,
  joinedRun?: string,
): RunExporter {
  const { traces } = project.config
  const exporters = [
    createLineageExporter(project, nowMs, joinedRun),
    ...(traces === undefined ? [] : [createTraceExporter(traces, nowMs, joinedRun)]),
  ]
  return {
    report: (event) => {
      for (const { report } of exporters) report(event)
    },
    close: async () => void (await Promise.all(exporters.map(({ close }) => close()))),
  }
}
