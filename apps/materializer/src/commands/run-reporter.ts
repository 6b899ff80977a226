import type { RunEvent } from "@freshet/core"

import type { Planned } from "../project/project.ts"
import { clock } from "../render/amount.ts"
import { eventLine, outcomeText } from "../render/event-line.ts"
import { type Look, paint, sign } from "../render/look.ts"
import { planWords } from "../render/plan-table.ts"
import { computationLine, liveLines } from "../render/progress-view.ts"
import { type Progress, afterEvent, isBad, startProgress, stepParts } from "../render/progress.ts"
import {
  type CommandLine,
  type Output,
  jsonValue,
  printLines,
  schemaVersion,
} from "./command-line.ts"
import { type LiveRegion, liveRegion } from "./live-region.ts"

type StepEnded = Extract<RunEvent, { kind: "step_ended" }>

/** Shows a run while it is under way, and remembers its events. */
export interface RunReporter {
  readonly begin: (planned: Planned) => void
  readonly emit: (event: RunEvent) => void
  /** Says something that is no event, without harm to what is drawn. */
  readonly say: (text: string) => void
  readonly end: () => void
  /** How the steps ended. */
  readonly events: readonly StepEnded[]
}

/** How a run is shown: a tree that redraws on a terminal, a line a change elsewhere, JSON lines on request. */
export function runReporter(cli: CommandLine, title: string, jsonLines: boolean): RunReporter {
  const events: StepEnded[] = []
  const keep = (event: RunEvent) => {
    if (event.kind === "step_ended") events.push(event)
  }
  if (jsonLines) return jsonReporter(cli, events, keep)
  const shown = cli.err.isTerminal ? treeReporter(cli, title) : lineReporter(cli)
  return {
    ...shown,
    events,
    emit: (event) => {
      keep(event)
      shown.emit(event)
    },
  }
}

type Shown = Omit<RunReporter, "events">

function jsonReporter(
  cli: CommandLine,
  events: readonly StepEnded[],
  keep: (event: RunEvent) => void,
): RunReporter {
  return {
    events,
    begin: () => {},
    say: (text) => void printLines(cli.err, [text]),
    end: () => {},
    emit: (event) => {
      keep(event)
      const { lineCounts, ...rest } = { lineCounts: undefined, ...event }
      const counts = lineCounts === undefined ? {} : { line_counts: lineCounts }
      const line = {
        schema_version: schemaVersion,
        at: new Date(cli.nowMs()).toISOString(),
        ...rest,
        ...counts,
      }
      void cli.out.write(`${JSON.stringify(line, jsonValue)}\n`)
    },
  }
}

function lineReporter(cli: CommandLine): Shown {
  return {
    begin: ({ plan }) => void cli.err.write(`${clock(cli.nowMs())}  plan: ${planWords(plan)}\n`),
    say: (text) => void printLines(cli.err, [text]),
    end: () => {},
    emit: (event) => {
      const line = eventLine(event, cli.nowMs())
      if (line !== undefined) void cli.err.write(`${line}\n`)
    },
  }
}

const redrawMs = 100

function treeReporter(cli: CommandLine, title: string): Shown {
  const look = liveLook(cli.err)
  const region = liveRegion(cli.err)
  let progress: Progress | undefined
  let timer: NodeJS.Timeout | undefined
  const draw = () => {
    if (progress !== undefined) region.draw(liveLines(title, progress, cli.nowMs(), look))
  }
  return {
    begin: ({ project, plan }) => {
      progress = startProgress(project.graph, plan, cli.nowMs())
      timer = setInterval(draw, redrawMs)
      draw()
    },
    emit: (event) => {
      if (progress === undefined) return
      progress = afterEvent(progress, event, cli.nowMs())
      region.print(finishedLines(event, progress, look))
    },
    say: (text) => region.print([text]),
    end: () => endTree(region, timer),
  }
}

function endTree(region: LiveRegion, timer: NodeJS.Timeout | undefined): void {
  clearInterval(timer)
  region.close()
}

/** One column less than there are: a full line would wrap, and a wrapped line cannot be wiped. */
function liveLook({ look }: Output): Look {
  return { ...look, columns: (look.columns ?? 80) - 1 }
}

/** A failure is told at once; what goes well is told once for all partitions of its computation. */
function finishedLines(event: RunEvent, { computations }: Progress, look: Look): readonly string[] {
  if (event.kind !== "step_ended") return []
  const told =
    isBad(event.outcome) && event.outcome.kind !== "skipped"
      ? [
          `${paint(look, "bad", sign(look, "failed"))} ${event.step}: ${outcomeText(event.outcome, event.checks)}`,
        ]
      : []
  const { name } = stepParts(event.step)
  const whole = computations.get(name)
  if (whole === undefined || whole.ended < whole.planned) return told
  return [...told, computationLine(name, whole, look)]
}
