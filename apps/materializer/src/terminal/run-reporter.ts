import { formatInstant, type RunEvent } from "@freshet/core/engine"
import {
  applyEvent,
  getStepName,
  type PlanDocument,
  type RunProgress,
  type ServiceEvent,
  startProgress,
} from "@freshet/services"

import { formatComputation, formatLiveProgress } from "../render/live-progress.ts"
import { formatPlanBriefly } from "../render/plan.ts"
import { formatWarnings } from "../render/problems.ts"
import {
  describeEvent,
  describeSkippedSteps,
  formatOutcome,
  toEventDocument,
} from "../render/run-event.ts"
import {
  type CommandLine,
  type Output,
  printLines,
  schemaVersion,
  toJsonValue,
} from "./command-line.ts"
import { createLiveRegion } from "./live-region.ts"
import { type EventListener, formatWait } from "./load-services.ts"
import { getSign, paint, type TerminalStyle } from "./terminal-style.ts"

/** Prints the events of a run. */
export interface RunReporter extends EventListener {
  /** Prints a text that is no event; a drawn tree stays intact. */
  readonly print: (text: string) => void
  readonly stop: () => void
}

/** Draws the events of a run: a tree on a terminal, a line for each change elsewhere, JSON lines on request. */
interface RunDisplay extends Pick<RunReporter, "print" | "stop"> {
  readonly start: (plan: PlanDocument) => void
  readonly handleEvent: (event: RunEvent) => void
}

/** Creates the reporter of a command; a hint names the remaining work of an interrupted one. */
export function createRunReporter(
  cli: CommandLine,
  command: string,
  { jsonLines, hasHint = false }: { readonly jsonLines: boolean; readonly hasHint?: boolean },
): RunReporter {
  const display = jsonLines ? createJsonDisplay(cli) : createTextDisplay(cli, command)
  const emit = (event: ServiceEvent) => {
    switch (event.kind) {
      case "run_waiting":
        return void printLines(cli.err, [formatWait(event.owner)])
      case "cancel_requested":
        return display.print("Another process asked to stop: running steps are undone.")
      case "run_planned":
        void printLines(cli.err, formatWarnings(event.plan.warnings, cli.err.style))
        return event.plan.step_count > 0 ? display.start(event.plan) : undefined
      case "run_joined":
      case "work_progress":
      case "demo_data_progress":
      case "tick_recorded":
      case "tick_started":
      case "tick_ended":
      case "scheduler_failed":
      case "records_expired":
      case "garbage_collected":
      case "maintenance_failed":
      case "batch_landed":
      case "landing_failed":
        return
      case "run_started":
        display.handleEvent(event)
        return hasHint ? display.print(formatProgressHint(event.run)) : undefined
      case "step_started":
      case "step_progress":
      case "step_waiting":
      case "run_outranked":
      case "step_logged":
      case "attempt_failed":
      case "step_ended":
      case "publish_started":
      case "publish_ended":
      case "run_ended":
        return display.handleEvent(event)
    }
  }
  return { ...display, emit, watchesSteps: cli.err.isTerminal || jsonLines }
}

function createTextDisplay(cli: CommandLine, command: string): RunDisplay {
  return cli.err.isTerminal
    ? createTreeDisplay(cli, command.replace(/^freshet /, ""))
    : createLineDisplay(cli)
}

function formatProgressHint(run: string): string {
  return `\`freshet runs show ${run}\` shows its progress, \`freshet runs cancel ${run}\` stops it.`
}

function createJsonDisplay(cli: CommandLine): RunDisplay {
  return {
    start: () => {},
    print: (text) => void printLines(cli.err, [text]),
    stop: () => {},
    handleEvent: (event) => {
      const at = new Date(cli.nowMs()).toISOString()
      const line = { schema_version: schemaVersion, at, ...toEventDocument(event) }
      void cli.out.write(`${JSON.stringify(line, toJsonValue)}\n`)
    },
  }
}

/** Creates a display of a line for each event; steps that are skipped one after the other have one line together. */
function createLineDisplay(cli: CommandLine): RunDisplay {
  let skipped: { readonly first: string; readonly blocker: string; count: number } | undefined
  const write = (text: string) => void cli.err.write(`${formatInstant(cli.nowMs())}  ${text}\n`)
  const writeSkippedSteps = () => {
    if (skipped !== undefined)
      write(describeSkippedSteps(skipped.first, skipped.blocker, skipped.count))
    skipped = undefined
  }
  return {
    start: (plan) => write(`plan: ${formatPlanBriefly(plan)}`),
    print: (text) => void printLines(cli.err, [text]),
    stop: writeSkippedSteps,
    handleEvent: (event) => {
      if (event.kind === "step_ended" && event.outcome.kind === "skipped") {
        skipped ??= { first: event.step, blocker: event.outcome.blocker, count: 0 }
        skipped.count += 1
        return
      }
      const text = describeEvent(event)
      if (text === undefined) return
      writeSkippedSteps()
      write(text)
    },
  }
}

const redrawMs = 100

function createTreeDisplay(cli: CommandLine, title: string): RunDisplay {
  const style = getLiveStyle(cli.err)
  const region = createLiveRegion(cli.err)
  let progress: RunProgress | undefined
  let timer: NodeJS.Timeout | undefined
  const draw = () => {
    if (progress !== undefined) region.draw(formatLiveProgress(title, progress, cli.nowMs(), style))
  }
  return {
    start: (plan) => {
      progress = startProgress(plan, cli.nowMs())
      timer = setInterval(draw, redrawMs)
      draw()
    },
    handleEvent: (event) => {
      if (progress === undefined) return
      progress = applyEvent(progress, event, cli.nowMs())
      region.print(formatFinished(event, progress, style))
    },
    print: (text) => region.print([text]),
    stop: () => {
      clearInterval(timer)
      region.close()
    },
  }
}

/** Leaves one column free, because a full line would wrap and could not be erased. */
function getLiveStyle({ style }: Output): TerminalStyle {
  return { ...style, columns: (style.columns ?? 80) - 1 }
}

/** Formats a failure at once, and a computation when all of its partitions have ended. */
function formatFinished(
  event: RunEvent,
  { computations }: RunProgress,
  style: TerminalStyle,
): readonly string[] {
  if (["attempt_failed", "step_logged", "step_waiting", "run_outranked"].includes(event.kind))
    return [describeEvent(event) ?? ""]
  if (event.kind !== "step_ended") return []
  const isFailure = event.outcome.kind === "failed" || event.outcome.kind === "checks_failed"
  const failureLines = isFailure
    ? [
        `${paint(style, "bad", getSign(style, "failed"))} ${event.step}: ${formatOutcome(event.outcome, event.checks)}`,
      ]
    : []
  const name = getStepName(event)
  const computation = computations.get(name)
  if (computation === undefined || computation.ended < computation.planned) return failureLines
  return [...failureLines, formatComputation(name, computation, style)]
}
