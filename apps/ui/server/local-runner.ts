import type { RunKind } from "@freshet/core/engine"
import type { ServiceEvent, Services } from "@freshet/services"

import type { RequestDocument, UiEvent } from "./documents.ts"
import { toProblems } from "./problems.ts"
import type { RequestedWork } from "./requested-work.ts"

/** Accepts requests to run something: the server of a page executes them itself, a scheduler queues them. */
export interface Runner {
  /** Accepts a recorded request, and returns before it is executed. One that was rejected is executed again. */
  readonly submit: (work: RequestedWork) => RequestDocument
  /** Lists the requests of this server, the newest first. */
  readonly list: () => readonly RequestDocument[]
}

/** Creates services that report events to a listener. */
export type CreateServices = (
  listener: Pick<Services, "emit" | "watchesSteps">,
) => Promise<Services>

/** The parts of a runner in this process. */
export interface LocalRunnerOptions {
  readonly createServices: CreateServices
  readonly publish: (event: UiEvent) => void
}

/** A runner in this process, and the end of its accepted requests. */
export interface LocalRunner extends Runner {
  readonly waitUntilIdle: () => Promise<void>
}

const retainedCount = 50

/** Creates a runner in this process. It executes requests of different kinds at once, and those of one kind one after the other. */
export function createLocalRunner(options: LocalRunnerOptions): LocalRunner {
  const requests = new Map<string, RequestDocument>()
  const lastWork = new Map<RunKind, Promise<void>>()
  const update = (id: string, changes: Partial<RequestDocument>) => {
    const request = requests.get(id)
    if (request === undefined) return
    const changedRequest = { ...request, ...changes }
    requests.set(id, changedRequest)
    options.publish({ kind: "request_changed", request: changedRequest })
  }
  return {
    list: () => [...requests.values()].toReversed(),
    waitUntilIdle: async () => void (await Promise.all(lastWork.values())),
    submit: (work) => {
      const { id } = work
      const acceptedRequest = requests.get(id)
      if (acceptedRequest !== undefined && acceptedRequest.state !== "rejected")
        return acceptedRequest
      const request = createRequest(work)
      requests.set(id, request)
      removeOldest(requests)
      options.publish({ kind: "request_changed", request })
      const execute = () => executeRequest(options, work, (changes) => update(id, changes))
      lastWork.set(work.kind, (lastWork.get(work.kind) ?? Promise.resolve()).then(execute))
      return request
    },
  }
}

function createRequest({ id, command, requestedMs }: RequestedWork): RequestDocument {
  return {
    request: id,
    command,
    state: "queued",
    requested_at: new Date(requestedMs).toISOString(),
    run: null,
    progress: null,
    outcome: null,
    problems: [],
  }
}

function removeOldest(requests: Map<string, RequestDocument>): void {
  for (const [id, { state }] of requests) {
    if (requests.size <= retainedCount) return
    if (state === "ended" || state === "rejected") requests.delete(id)
  }
}

type Update = (changes: Partial<RequestDocument>) => void

async function executeRequest(
  { createServices, publish }: LocalRunnerOptions,
  work: RequestedWork,
  update: Update,
): Promise<void> {
  const emit = createEventConverter(publish, update)
  const services = await createServices({ emit, watchesSteps: false })
  update({ state: "running" })
  try {
    update({ state: "ended", outcome: await work.execute(services) })
  } catch (error) {
    update({ state: "rejected", problems: toProblems(error).problems })
  }
}

type StepEndedEvent = Extract<ServiceEvent, { kind: "step_ended" }>
type Progress = NonNullable<RequestDocument["progress"]>

function countEnded(progress: Progress, { outcome: { kind } }: StepEndedEvent): Progress {
  const isFailed = kind === "failed" || kind === "checks_failed"
  return { ...progress, ended: progress.ended + 1, failed: progress.failed + Number(isFailed) }
}

function toStepEnd({ kind, step, computation, partition, outcome, rows, ms }: StepEndedEvent) {
  const message = "message" in outcome ? outcome.message : null
  return { kind, step, computation, partition, outcome: outcome.kind, message, rows, ms }
}

/** Converts the events of one run, and counts its steps. */
function createEventConverter(publish: (event: UiEvent) => void, update: Update) {
  let run = ""
  let progress = { steps: 0, ended: 0, failed: 0 }
  return (event: ServiceEvent): void => {
    const at = new Date().toISOString()
    switch (event.kind) {
      case "run_started":
        run = event.run
        progress = { ...progress, steps: event.steps }
        return update({ run, progress })
      case "step_started": {
        const { kind, step, computation, partition } = event
        return publish({ kind, run, at, step, computation, partition })
      }
      case "step_ended": {
        progress = countEnded(progress, event)
        publish({ ...toStepEnd(event), run, at })
        return update({ progress })
      }
      case "run_planned":
      case "run_waiting":
      case "run_joined":
      case "cancel_requested":
      case "work_progress":
      case "demo_data_progress":
      case "step_progress":
      case "step_waiting":
      case "run_outranked":
      case "step_logged":
      case "attempt_failed":
      case "publish_started":
      case "publish_ended":
      case "run_ended":
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
    }
  }
}
