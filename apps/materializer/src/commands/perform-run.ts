import { makePlan, type Plan, refusedAmong, refusedBelow, stepCount } from "@freshet/core"

import type { Config } from "../config.ts"
import type { RunReport } from "../project/project.ts"
import { counted } from "../render/amount.ts"
import { planLines } from "../render/plan-table.ts"
import { warningLines } from "../render/problem-lines.ts"
import { summaryLines, unpublishedLines } from "../render/run-summary-lines.ts"
import { type RunSummary, runSummary } from "../render/run-summary.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodeOfRun, exitCodes } from "./exit-code.ts"
import { refusedDocuments, waitingDocuments } from "./plan-document.ts"
import { planView, waitingGroups, waitingView } from "./plan-view.ts"
import { planOrder, preview, type SaveFlags } from "./preview.ts"
import { shownPaths } from "./read-refusal.ts"
import type { RunOrder } from "./run-order.ts"
import { runReporter } from "./run-reporter.ts"
import { unpublishedSets } from "./unpublished-sets.ts"

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
export interface RunEnded {
  readonly exitCode: number
  readonly report: RunReport
  readonly summary: RunSummary | undefined
}

/** Above this many partitions a person is asked first. */
const askAbove = 20

/** Plans, asks where that is due, runs, and tells what came of it; undefined when it was only a dry run or a person said no. */
export async function performRun(
  cli: CommandLine,
  flags: RunFlags & Partial<SaveFlags>,
  order: RunOrder,
): Promise<RunEnded | undefined> {
  const config = withConcurrency(await cli.loadConfig(), flags)
  if (flags.dryRun) {
    await cli.world.withProject(config, async (project) => {
      await preview(cli, { ...flags, json: flags.json || flags.jsonl }, project, order)
      await printLines(cli.err, ["A dry run: nothing was done."])
    })
    return undefined
  }
  if (!(await isAgreed(cli, flags, config, order))) {
    await printLines(cli.err, ["Nothing was run."])
    return undefined
  }
  return runOrder(cli, config, flags, order)
}

function withConcurrency(config: Config, { concurrency }: RunFlags): Config {
  return concurrency === undefined ? config : { ...config, concurrency }
}

async function isAgreed(
  cli: CommandLine,
  { yes }: RunFlags,
  config: Config,
  order: RunOrder,
): Promise<boolean> {
  const { ask } = cli
  if (yes || ask === undefined) return true
  return cli.world.withProject(config, async (project) => {
    const asked = order.asked(project)
    if (asked <= askAbove) return true
    const planned = await planOrder(project, order)
    if (stepCount(planned.plan) === 0) return true
    const view = await planView(planned, order.named?.(planned.project))
    await printLines(cli.err, planLines(project.graph, view, cli.err.look))
    return ask(`Run this for ${counted(asked, "partition")}?`)
  })
}

async function runOrder(
  cli: CommandLine,
  config: Config,
  flags: RunFlags,
  order: RunOrder,
): Promise<RunEnded> {
  const reporter = runReporter(cli, order.title, flags.jsonl)
  const startedMs = cli.nowMs()
  const stopping = "Stopping: what is under way is undone, what was made is kept."
  cli.interruption.watch(stopping, reporter.say)
  try {
    const report = await cli.world.runPlan(config, {
      command: order.command,
      emit: (event) => {
        reporter.emit(event)
        if (event.kind === "run_started" && order.announces) reporter.say(progressHint(event.run))
      },
      signal: cli.interruption.signal,
      progress: cli.err.isTerminal || flags.jsonl,
      failFast: flags.failFast,
      wait: flags.wait,
      onWait: (holder) => void printLines(cli.err, [`Waiting for another run to end: ${holder}.`]),
      onCancel: () => reporter.say("Another process asked to stop: what is under way is undone."),
      plan: (project) => makePlan(project.evaluation, order.request(project), project.hash),
      onPlan: (planned) => {
        order.inspect?.(planned)
        void printLines(cli.err, warningLines(planned.project.warnings, cli.err.look))
        if (stepCount(planned.plan) > 0) reporter.begin(planned)
      },
    })
    reporter.end()
    const summary =
      report.kind === "ran"
        ? runSummary(report, reporter.events, cli.nowMs() - startedMs, shownPaths(cli, config.lake))
        : undefined
    await tell(cli, flags, report, summary)
    return { report, summary, exitCode: exitCodeOf(cli, report) }
  } finally {
    reporter.end()
  }
}

function progressHint(run: string): string {
  return `\`freshet runs show ${run}\` tells how far it is, \`freshet runs cancel ${run}\` stops it.`
}

function exitCodeOf(cli: CommandLine, report: RunReport): number {
  const ended =
    report.kind === "ran"
      ? exitCodeOfRun(report.result, cli.interruption.exitCode())
      : exitCodes.done
  return ended === exitCodes.done && isRefused(report) ? exitCodes.checkFailed : ended
}

/** Whether checks of an earlier day refuse something that was asked for, or that it waits for. */
function isRefused({ project: { evaluation }, plan }: RunReport): boolean {
  if (refusedAmong(evaluation, plan.targets).length > 0) return true
  return plan.waiting.some(({ computation, ranges: [first] }) =>
    refusedBelow(evaluation, { computation, partition: first?.from ?? 0 }),
  )
}

async function tell(
  cli: CommandLine,
  { json, jsonl }: RunFlags,
  report: RunReport,
  summary: RunSummary | undefined,
): Promise<void> {
  if (json) return printJson(cli.out, runDocument(report, summary))
  if (jsonl) return
  if (summary !== undefined) {
    const unpublished = unpublishedSets(report.project, report.plan)
    const lines = [...summaryLines(summary, cli.out.look), ...unpublishedLines(unpublished)]
    await printLines(cli.out, [...lines, ...resumeLines(report.plan, summary)])
  }
  const isLeft = report.plan.waiting.length > 0 || isRefused(report)
  if (report.kind === "nothing" || isLeft) {
    const view = report.kind === "nothing" ? await planView(report) : waitingView(report)
    await printLines(cli.out, planLines(report.project.graph, view, cli.out.look))
  }
}

/** How one goes on after a run that did not reach its end. */
function resumeLines({ work }: Plan, { run, outcome }: RunSummary): readonly string[] {
  if (outcome === "succeeded" || work.length === 0) return []
  return [`What was made is kept; \`freshet runs retry ${run}\` makes what is left.`]
}

/** What came of a run as JSON. */
function runDocument(report: RunReport, summary: RunSummary | undefined): object {
  const left = {
    waiting: waitingDocuments(report.project, waitingGroups(report.project, report.plan)),
    refused: refusedDocuments(
      report.project,
      refusedAmong(report.project.evaluation, report.plan.targets),
    ),
  }
  if (report.kind !== "ran" || summary === undefined)
    return { outcome: report.kind, steps: [], ...left }
  const { run, outcome, ms, counts, notStarted, rows, lineCounts, failedChecks } = summary
  return {
    run,
    outcome,
    ms,
    rows,
    counts: { ...counts, not_started: notStarted },
    steps: [...report.result.steps].map(([step, ended]) => {
      const { kind, ...rest } = ended
      return { step, outcome: kind, ...rest }
    }),
    line_counts: lineCounts,
    failed_checks: failedChecks.map(({ rows: _, demand, ...check }) => ({
      ...check,
      description: demand ?? null,
    })),
    publications: summary.publications.map(({ set, key, changes, error }) => ({
      set,
      partition: key,
      changes,
      error,
    })),
    ...left,
  }
}
