import {
  buildPlan,
  countSteps,
  findFailedChecks,
  findFailedUpstream,
  formatQuantity,
  type Plan,
} from "@freshet/core/engine"
import {
  findUnpublishedSets,
  getRemainingDetails,
  groupBlockedWork,
  readPlanDetails,
  type RunReport,
  type RunRequest,
  type RunSummary,
  runPlan,
  type Services,
  summarizeRun,
  toBlockedDocuments,
  toFailedCheckDocuments,
} from "@freshet/services"

import { formatPlan } from "../render/plan.ts"
import { formatWarnings } from "../render/problems.ts"
import { formatRunSummary, formatUnpublishedSets } from "../render/run-summary-lines.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { getRunExitCode, exitCodes } from "./exit-code.ts"
import { type EventListener, formatWait, loadServices } from "./load-services.ts"
import { createPathFormatter } from "./paths.ts"
import { createPlan, previewPlan, type SaveFlags } from "./preview.ts"
import { createRunReporter, type RunReporter } from "./run-reporter.ts"

/** What commands that run something can be told besides what to run. */
export interface RunFlags {
  readonly dryRun: boolean
  readonly yes: boolean
  readonly concurrency?: number
  readonly failFast: boolean
  readonly wait: boolean
  readonly json: boolean
  readonly jsonl: boolean
}

/** What came of a run, with its exit status. */
export interface RunEnd {
  readonly exitCode: number
  readonly report: RunReport
  readonly summary: RunSummary | undefined
}

/** Above this many partitions a person is asked first. */
const confirmationThreshold = 20

/** Plans, asks where that is due, runs, and tells what came of it; undefined when it was only a dry run or a person said no. */
export async function runAndPrint(
  cli: CommandLine,
  flags: RunFlags & Partial<SaveFlags>,
  request: RunRequest,
): Promise<RunEnd | undefined> {
  const reporter = createRunReporter(cli, request.title, flags.jsonl)
  const services = await loadServices(cli, createRunListener(cli, flags, request, reporter))
  if (flags.dryRun) {
    await services.withProject({}, async (project) => {
      await previewPlan(cli, { ...flags, json: flags.json || flags.jsonl }, project, request)
      await printLines(cli.err, ["A dry run: nothing was done."])
    })
    return undefined
  }
  if (!(await confirmRun(cli, flags, services, request))) {
    await printLines(cli.err, ["Nothing was run."])
    return undefined
  }
  return executeRequest({ cli, services, reporter }, flags, request)
}

function createRunListener(
  cli: CommandLine,
  { jsonl }: RunFlags,
  request: RunRequest,
  reporter: RunReporter,
): EventListener {
  return {
    watchesSteps: cli.err.isTerminal || jsonl,
    emit: (event) => {
      switch (event.kind) {
        case "run_waiting":
          return void printLines(cli.err, [formatWait(event.owner)])
        case "cancel_requested":
          return reporter.print("Another process asked to stop: what is under way is undone.")
        case "work_progress":
        case "demo_data_progress":
          return
        default:
          reporter.handleEvent(event)
          if (event.kind === "run_started" && request.announcesRun)
            reporter.print(formatProgressHint(event.run))
      }
    },
  }
}

async function confirmRun(
  cli: CommandLine,
  { yes }: RunFlags,
  services: Services,
  request: RunRequest,
): Promise<boolean> {
  const { confirm } = cli
  if (yes || confirm === undefined) return true
  return services.withProject({}, async (project) => {
    const requestedCount = request.countRequested(project)
    if (requestedCount <= confirmationThreshold) return true
    const projectPlan = await createPlan(project, request)
    if (countSteps(projectPlan.plan) === 0) return true
    const details = await readPlanDetails(
      projectPlan,
      request.listNamedTargets?.(projectPlan.project),
    )
    await printLines(cli.err, formatPlan(project.graph, details, cli.err.style))
    return confirm(`Run this for ${formatQuantity(requestedCount, "partition")}?`)
  })
}

async function executeRequest(
  {
    cli,
    services,
    reporter,
  }: {
    readonly cli: CommandLine
    readonly services: Services
    readonly reporter: RunReporter
  },
  flags: RunFlags,
  request: RunRequest,
): Promise<RunEnd> {
  const startedMs = cli.nowMs()
  const stopMessage = "Stopping: what is under way is undone, what was made is kept."
  cli.interruption.watch(stopMessage, reporter.print)
  try {
    const report = await runPlan(services, {
      command: request.command,
      failFast: flags.failFast,
      wait: flags.wait,
      concurrency: flags.concurrency,
      makePlan: (project) =>
        buildPlan(project.evaluation, request.toPlanRequest(project), project.hash),
      onPlan: (projectPlan) => {
        request.verifyPlan?.(projectPlan)
        void printLines(cli.err, formatWarnings(projectPlan.project.warnings, cli.err.style))
        if (countSteps(projectPlan.plan) > 0) reporter.start(projectPlan)
      },
    })
    reporter.stop()
    const summary =
      report.kind === "ran"
        ? summarizeRun(report, reporter.stepEvents, cli.nowMs() - startedMs)
        : undefined
    await printReport(cli, flags, report, summary)
    return { report, summary, exitCode: getReportExitCode(cli, report) }
  } finally {
    reporter.stop()
  }
}

function formatProgressHint(run: string): string {
  return `\`freshet runs show ${run}\` tells how far it is, \`freshet runs cancel ${run}\` stops it.`
}

function getReportExitCode(cli: CommandLine, report: RunReport): number {
  const exitCode =
    report.kind === "ran"
      ? getRunExitCode(report.result, cli.interruption.getExitCode())
      : exitCodes.done
  return exitCode === exitCodes.done && hasFailedChecks(report) ? exitCodes.checkFailed : exitCode
}

/** Whether checks of an earlier day refuse something that was asked for, or that it waits for. */
function hasFailedChecks({ project: { evaluation }, plan }: RunReport): boolean {
  if (findFailedChecks(evaluation, plan.targets).length > 0) return true
  return plan.blocked.some(({ computation, ranges: [firstRange] }) =>
    findFailedUpstream(evaluation, { computation, partition: firstRange?.from ?? 0 }),
  )
}

async function printReport(
  cli: CommandLine,
  { json, jsonl }: RunFlags,
  report: RunReport,
  summary: RunSummary | undefined,
): Promise<void> {
  if (json) return printJson(cli.out, toRunDocument(report, summary))
  if (jsonl) return
  if (summary !== undefined) {
    const unpublishedSets = findUnpublishedSets(report.project, report.plan)
    const lines = [
      ...formatRunSummary(summary, createPathFormatter(cli), cli.out.style),
      ...formatUnpublishedSets(unpublishedSets),
    ]
    await printLines(cli.out, [...lines, ...formatResumeHint(report.plan, summary)])
  }
  const hasRemainingWork = report.plan.blocked.length > 0 || hasFailedChecks(report)
  if (report.kind === "nothing" || hasRemainingWork) {
    const details =
      report.kind === "nothing" ? await readPlanDetails(report) : getRemainingDetails(report)
    await printLines(cli.out, formatPlan(report.project.graph, details, cli.out.style))
  }
}

/** How one goes on after a run that did not reach its end. */
function formatResumeHint({ work }: Plan, { run, outcome }: RunSummary): readonly string[] {
  if (outcome === "succeeded" || work.length === 0) return []
  return [`What was made is kept; \`freshet runs retry ${run}\` makes what is left.`]
}

/** What came of a run as JSON. */
function toRunDocument(report: RunReport, summary: RunSummary | undefined): object {
  const remainingWork = {
    waiting: toBlockedDocuments(report.project, groupBlockedWork(report.project, report.plan)),
    refused: toFailedCheckDocuments(
      report.project,
      findFailedChecks(report.project.evaluation, report.plan.targets),
    ),
  }
  if (report.kind !== "ran" || summary === undefined)
    return { outcome: report.kind, steps: [], ...remainingWork }
  const { run, outcome, ms, counts, notStarted, rows, lineCounts, failedChecks } = summary
  return {
    run,
    outcome,
    ms,
    rows,
    counts: { ...counts, not_started: notStarted },
    steps: [...report.result.steps].map(([step, stepOutcome]) => {
      const { kind, ...otherFields } = stepOutcome
      return { step, outcome: kind, ...otherFields }
    }),
    line_counts: lineCounts,
    failed_checks: failedChecks,
    publications: summary.publications.map(({ set, key, changes, error }) => ({
      set,
      partition: key,
      changes,
      error,
    })),
    ...remainingWork,
  }
}
