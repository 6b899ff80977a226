import { createLineageReporter } from "../openlineage/lineage-reporter.ts"
import { createTraceReporter } from "../opentelemetry/trace-reporter.ts"
import type { Project } from "../project.ts"
import type { RunReporter } from "./run-reporter.ts"

/** Creates a reporter to the configured systems. `joinedRun` is the id of a run that another process has started. */
export function createRunReporter(
  project: Project,
  nowMs: () => number,
  joinedRun?: string,
): RunReporter {
  const { traces } = project.config
  const reporters = [
    createLineageReporter(project, nowMs, joinedRun),
    ...(traces === undefined ? [] : [createTraceReporter(traces, nowMs, joinedRun)]),
  ]
  return {
    report: (event) => {
      for (const { report } of reporters) report(event)
    },
    close: async () => void (await Promise.all(reporters.map(({ close }) => close()))),
  }
}
