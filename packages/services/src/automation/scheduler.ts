import { getErrorMessage, type Graph, type Schedule } from "@freshet/core/engine"
import {
  type LedgerClient,
  type NewAlert,
  readOpenTicks,
  registerSchedules,
  syncAlerts,
  type WorkOutcome,
} from "@freshet/io"

import { listChannels } from "../alerts/channels.ts"
import { deliverAlerts, deliverUntilStopped } from "../alerts/deliver-alerts.ts"
import { listOverdueAlerts } from "../alerts/overdue-alerts.ts"
import { syncTickAlerts } from "../alerts/tick-alerts.ts"
import { requireDefaultSchedules } from "../environments/require-default.ts"
import { isPassingFault } from "../run/execute-queued.ts"
import { keepConnections } from "../run/keep-connections.ts"
import { keepSpareProcess } from "../run/keep-spare-process.ts"
import type { Services } from "../services.ts"
import { createArrivalWatch } from "./arrival-watch.ts"
import { recordDueTicks } from "./due-ticks.ts"
import { keepTrying, longestPauseMs } from "./keep-trying.ts"
import { deleteExpiredRecords, maintainUntilStopped } from "./maintenance.ts"
import { computePlanVersions } from "./plan-versions.ts"
import { listProjectSchedules } from "./project-schedules.ts"
import { hasOpenWork, listFreeWork, type Queue, readQueue } from "./queue.ts"
import { createWakeUp, type WakeUp } from "./wake-up.ts"
import { busyRetryMs, createWorkExecutor, type WorkExecutor } from "./work-executor.ts"

/** The state of a scheduler, for its health. */
export interface SchedulerStatus {
  /** The time of the last look at schedules that succeeded. */
  readonly lookedAtMs: number | undefined
  /** The failure of the last look; undefined after a success. */
  readonly problem: string | undefined
  readonly openTicks: number
}

/** Records due ticks and executes their runs. */
export interface Scheduler {
  readonly getStatus: () => SchedulerStatus
  /** Works until the services' signal is aborted. A lost database is waited for. */
  readonly run: () => Promise<void>
  /** Executes what is due, and returns the outcomes of its ticks and requests. Files are looked at twice. */
  readonly runOnce: () => Promise<readonly WorkOutcome[]>
}

interface SchedulerState {
  readonly services: Services
  readonly graph: Graph
  readonly schedules: readonly Schedule[]
  readonly looking: WakeUp
  readonly executing: WakeUp
  readonly executor: WorkExecutor
  readonly delivering: WakeUp
  status: SchedulerStatus
}

/** Creates the scheduler of the declared schedules. Fails with every problem of the declarations. */
export function createScheduler(services: Services): Scheduler {
  requireDefaultSchedules(services.config)
  const state: SchedulerState = {
    services,
    ...listProjectSchedules(services.config),
    executor: createWorkExecutor(services),
    looking: createWakeUp(),
    executing: createWakeUp(),
    delivering: createWakeUp(),
    status: { lookedAtMs: undefined, problem: undefined, openTicks: 0 },
  }
  return {
    getStatus: () => state.status,
    run: async () => {
      const report = (problem: string, retryMs: number) => {
        state.status = { ...state.status, problem }
        services.emit({ kind: "scheduler_failed", message: problem, retryMs })
      }
      const loops = [
        keepTrying(services.signal, report, (succeed) => lookUntilStopped(state, succeed)),
        keepTrying(services.signal, report, (succeed) => executeUntilStopped(state, succeed)),
        keepTrying(services.signal, report, (succeed) =>
          deliverUntilStopped(services, state.delivering, succeed),
        ),
        maintainUntilStopped(services, () => isIdle(state)),
        keepSpareProcess(services),
        keepConnections(services),
      ]
      await Promise.all(loops)
      await state.executor.waitUntilIdle()
    },
    runOnce: async () => {
      const outcomes = await lookAndExecuteOnce(state)
      await services.withLedger((client) => deliverAlerts(client, listChannels(services.config)))
      await deleteExpiredRecords(services)
      return outcomes
    },
  }
}

/** Tests if a look at schedules has succeeded and found no open tick. */
function isIdle({ status: { lookedAtMs, openTicks } }: SchedulerState): boolean {
  return lookedAtMs !== undefined && openTicks === 0
}

interface LookResult {
  readonly nextLookMs: number
  /** True when files have landed that a further look can find settled. */
  readonly hasUnsettledFiles: boolean
}

type Look = (client: LedgerClient) => Promise<LookResult>

async function lookUntilStopped(state: SchedulerState, succeed: () => void): Promise<void> {
  const { services, looking } = state
  const look = createLook(state)
  await services.withLedger(async (client) => {
    await registerSchedules(client, listNames(state))
    while (!services.signal.aborted) {
      const { nextLookMs } = await look(client)
      succeed()
      await looking.wait(nextLookMs, services.signal)
    }
  })
}

function listNames({ schedules }: SchedulerState): readonly string[] {
  return schedules.map(({ name }) => name)
}

/**
 * Creates looks that follow each other: files are settled when two looks find the same content. Instants come first,
 * because the files of the landing zone and the project take longer to read.
 */
function createLook(state: SchedulerState): Look {
  const { services, graph, schedules, delivering } = state
  const watch = createArrivalWatch(services, graph)
  const arrivalPauseMs = getArrivalPause(schedules)
  const readProject = createProjectReader(state)
  return async (client) => {
    await recordTicks(state, client, noFacts)
    const hasUnsettledFiles = arrivalPauseMs !== undefined && (await watch.look(client))
    const facts = await readProject()
    const nextTickInMs = await recordTicks(state, client, facts)
    const { overdueAlerts } = facts
    await syncTickAlerts(client, schedules)
    if (overdueAlerts !== undefined) await syncAlerts(client, "overdue", { alerts: overdueAlerts })
    delivering.wake()
    const openTicks = (await readOpenTicks(client)).length
    if (openTicks > 0) state.executing.wake()
    state.status = { lookedAtMs: services.nowMs(), problem: undefined, openTicks }
    const pauseMs = Math.min(longestPauseMs, arrivalPauseMs ?? Infinity)
    const nextLookMs = Math.max(1, Math.min(pauseMs, nextTickInMs))
    return { nextLookMs, hasUnsettledFiles }
  }
}

/** Records due ticks and starts their execution. Returns the time until the next instant. */
async function recordTicks(
  { services, graph, schedules, executing }: SchedulerState,
  client: LedgerClient,
  { planVersions }: Pick<ProjectFacts, "planVersions">,
): Promise<number> {
  const { ticks, nextTickInMs } = await recordDueTicks(client, { graph, schedules, planVersions })
  for (const { schedule, tickMs } of ticks)
    services.emit({ kind: "tick_recorded", schedule, tickMs })
  if (ticks.length > 0) executing.wake()
  return nextTickInMs
}

/** The shortest time between looks that a schedule declares; undefined when none waits for arrivals. */
function getArrivalPause(schedules: readonly Schedule[]): number | undefined {
  const pauses = schedules.flatMap(({ automation }) =>
    automation.kind === "arrival" ? [automation.everySeconds * 1000] : [],
  )
  return pauses.length === 0 ? undefined : Math.min(...pauses)
}

/** The facts that need an evaluation of the project. */
interface ProjectFacts {
  readonly planVersions: ReadonlyMap<string, string>
  /** Undefined when deadlines were checked a short time ago. */
  readonly overdueAlerts: readonly NewAlert[] | undefined
}

/** The time between two checks of deadlines. */
const deadlinePauseMs = 60_000

const noFacts: ProjectFacts = { planVersions: new Map(), overdueAlerts: undefined }

/** Creates a reader of the project. It is evaluated for automation by staleness at each look, for deadlines once a minute. A project that cannot be evaluated has no facts; ticks of other schedules fail with the reason. */
function createProjectReader({ services, graph, schedules }: SchedulerState) {
  const staleSchedules = schedules.filter(({ automation }) => automation.kind === "stale")
  const hasDeadlines = [...graph.assets.values()].some(
    (asset) => asset.kind === "asset" && asset.freshness !== undefined,
  )
  let checkedMs = -Infinity
  return async (): Promise<ProjectFacts> => {
    const isCheckDue = hasDeadlines && services.nowMs() - checkedMs >= deadlinePauseMs
    if (staleSchedules.length === 0 && !isCheckDue) return noFacts
    if (isCheckDue) checkedMs = services.nowMs()
    const readFacts = services.withProject({}, async (project) => ({
      planVersions: computePlanVersions(project, staleSchedules),
      overdueAlerts: isCheckDue ? listOverdueAlerts(project) : undefined,
    }))
    return readFacts.catch((error: unknown) => {
      if (isPassingFault(error)) throw error
      const message = getErrorMessage(error)
      services.emit({ kind: "scheduler_failed", message, retryMs: longestPauseMs })
      return noFacts
    })
  }
}

async function executeUntilStopped(state: SchedulerState, succeed: () => void): Promise<void> {
  const { services, executing, executor, looking } = state
  const onEnd = () => {
    executing.wake()
    looking.wake()
  }
  await services.withLedger(async (client) => {
    while (!services.signal.aborted) {
      executor.throwFailure()
      const queue = await readQueue(client)
      succeed()
      executor.start(listFreeWork(services, state.schedules, queue), onEnd)
      await executing.wait(getQueuePause(executor, queue), services.signal)
    }
  })
}

/** The time until the next look at the queue: short while another process executes a tick, or a request waits. */
function getQueuePause({ isExecuting }: WorkExecutor, { ticks, requests }: Queue): number {
  const isAnyElsewhere = ticks.some(
    ({ isTaken, schedule }) => isTaken && !isExecuting(`tick ${schedule}`),
  )
  const isAnyQueued = requests.some(({ isTaken }) => !isTaken)
  return isAnyElsewhere || isAnyQueued ? busyRetryMs : longestPauseMs
}

/** The number of times that content which ticks have changed may cause further ticks. */
const mostRounds = 100

async function lookAndExecuteOnce(state: SchedulerState): Promise<readonly WorkOutcome[]> {
  const { services } = state
  const look = createLook(state)
  const pause = createWakeUp()
  const outcomes: WorkOutcome[] = []
  await services.withLedger((client) => registerSchedules(client, listNames(state)))
  for (let round = 0; round < mostRounds && !services.signal.aborted; round += 1) {
    const { hasUnsettledFiles, nextLookMs } = await services.withLedger(look)
    const roundOutcomes = await executeOpenWork(state, pause)
    outcomes.push(...roundOutcomes)
    const isFirst = round === 0
    if (isFirst && hasUnsettledFiles) await pause.wait(nextLookMs, services.signal)
    else if (roundOutcomes.length === 0) return outcomes
  }
  return outcomes
}

/** Executes ticks and requests one after the other, and waits for the ticks that other processes execute. */
async function executeOpenWork(
  { services, schedules }: SchedulerState,
  pause: WakeUp,
): Promise<readonly WorkOutcome[]> {
  const outcomes: WorkOutcome[] = []
  while (!services.signal.aborted) {
    const queue = await services.withLedger(readQueue)
    if (!hasOpenWork(queue)) return outcomes
    const [work] = listFreeWork(services, schedules, queue)
    const outcome = (await work?.execute()) ?? "busy"
    if (outcome === "busy") await pause.wait(busyRetryMs, services.signal)
    else outcomes.push(outcome)
  }
  return outcomes
}
