import { setTimeout as delay } from "node:timers/promises"

import type { Computation, RunEvent, StepEndedEvent, StepReference } from "@freshet/core/engine"

import { type ProjectLineage, traceComputation } from "../lineage/trace-project.ts"
import type { Project } from "../project.ts"
import type { RunExporter } from "../run/run-exporter.ts"
import { createEventSink, type SendEvent } from "./event-sink.ts"
import {
  buildLineageEvent,
  describeOutputDatasets,
  type LineageEvent,
  type LineageState,
  type LineageSubject,
  listInputDatasets,
  toRunState,
  toStepState,
  toUuid,
} from "./lineage-event.ts"

/** The number of undelivered events above which further ones are dropped. */
const maxPendingEvents = 1000
const closeMs = 2_000

/**
 * Creates an exporter of a run as OpenLineage events. Delivery happens beside the run: a target that is slow, or that fails, loses events only. `run` is
 * the id of a run that another process has started; undefined if its start is reported.
 */
export function createLineageExporter(
  project: Project,
  nowMs: () => number,
  run?: string,
): RunExporter {
  const { openLineage } = project.config
  if (openLineage === undefined) return { report: () => {}, close: async () => {} }
  const queue = createQueue(createEventSink(openLineage))
  const describe = createDescriber(project, nowMs, run ?? "")
  return {
    report: (event) => {
      for (const build of describe(event)) queue.add(build)
    },
    close: queue.close,
  }
}

type BuildEvent = () => LineageEvent | Promise<LineageEvent>

/** Builds and sends events one after the other. */
function createQueue(send: SendEvent) {
  let pendingCount = 0
  let tail = Promise.resolve()
  return {
    add: (build: BuildEvent) => {
      if (pendingCount >= maxPendingEvents) return
      pendingCount += 1
      tail = tail
        .then(async () => send(await build()))
        .catch(() => {}) // the event is lost
        .finally(() => {
          pendingCount -= 1
        })
    },
    close: () => Promise.race([tail, delay(closeMs, undefined, { ref: false })]),
  }
}

/** Creates a function that lists the OpenLineage events of a run event. Steps that never end are aborted with their run. */
function createDescriber(project: Project, nowMs: () => number, joinedRun: string) {
  const openSteps = new Map<string, StepReference>()
  const computations = new Map(project.graph.computations.map((entry) => [entry.name, entry]))
  const traceColumns = createTracer(project)
  let run = joinedRun
  const describeRun = (state: LineageState): BuildEvent => {
    const subject = getRunSubject(project, run)
    const change = { state, atMs: nowMs() }
    return () => buildLineageEvent(subject, change, { inputs: [], outputs: [] })
  }
  const describeStep = (
    step: StepReference,
    state: LineageState,
    { rows, ...failure }: StepEnd = {},
  ): BuildEvent => {
    const subject = getStepSubject(project, run, step)
    const change = { ...failure, state, atMs: nowMs() }
    const computation = computations.get(step.computation)
    const inputs = computation === undefined ? [] : listInputDatasets(computation)
    return async () => {
      if (computation === undefined || rows === undefined)
        return buildLineageEvent(subject, change, { inputs, outputs: [] })
      const lineage = await traceColumns(computation)
      const outputs = describeOutputDatasets(project.graph, computation, { rows, lineage })
      return buildLineageEvent(subject, change, { inputs, outputs })
    }
  }
  return (event: RunEvent): readonly BuildEvent[] => {
    switch (event.kind) {
      case "run_started":
        run = event.run
        return [describeRun("START")]
      case "step_started":
        if (event.check !== undefined || openSteps.has(event.step)) return []
        openSteps.set(event.step, event)
        return [describeStep(event, "START")]
      case "step_ended":
        if (!openSteps.delete(event.step)) return []
        return [describeStep(event, toStepState(event.outcome), toStepEnd(event))]
      case "run_ended":
        return [
          ...[...openSteps.values()].map((step) => describeStep(step, "ABORT")),
          describeRun(toRunState(event.outcome)),
        ]
      case "step_progress":
      case "step_waiting":
      case "run_outranked":
      case "step_logged":
      case "attempt_failed":
      case "publish_started":
      case "publish_ended":
        return []
    }
  }
}

/** The end of a step: the reason for a failure, and the number of rows of a step that wrote some. */
interface StepEnd {
  readonly message?: string
  readonly rows?: number
}

function toStepEnd({ outcome, rows }: StepEndedEvent): StepEnd {
  if (outcome.kind === "failed") return { message: outcome.message }
  return outcome.kind === "materialized" || outcome.kind === "reused" ? { rows } : {}
}

function getRunSubject({ hash }: Project, run: string): LineageSubject {
  return { job: "freshet", run, runId: toUuid(hash(run)) }
}

function getStepSubject(
  { hash }: Project,
  run: string,
  { step, computation }: StepReference,
): LineageSubject {
  const runId = toUuid(hash(`${run} ${step}`))
  return { job: computation, run, step, runId, parentId: toUuid(hash(run)) }
}

/** Creates a function that traces the columns of a computation, each one once. Lineage that cannot be traced is left out. */
function createTracer(project: Project): (computation: Computation) => Promise<ProjectLineage> {
  const lineages = new Map<string, Promise<ProjectLineage>>()
  return (computation) => {
    const lineage =
      lineages.get(computation.name) ??
      traceComputation(project, computation).catch((): ProjectLineage => new Map())
    lineages.set(computation.name, lineage)
    return lineage
  }
}
