import {
  type Arrival,
  type DueTick,
  findNextTick,
  type Graph,
  listDueTicks,
  type Schedule,
  type ScheduleState,
  type TickFacts,
} from "@freshet/core/engine"
import {
  type LedgerClient,
  readArrivals,
  readScheduleStates,
  recordTicks,
  type ScheduleStates,
} from "@freshet/io"

/** The facts of one look, apart from the states of schedules. */
interface LookFacts {
  readonly graph: Graph
  readonly schedules: readonly Schedule[]
  readonly arrivals: readonly Arrival[]
  readonly planVersions: ReadonlyMap<string, string>
}

/** The ticks that a look recorded, and the instant of the next cron tick by the database's clock. */
export interface DueTicksResult {
  readonly ticks: readonly DueTick[]
  /** Infinity without a cron expression. */
  readonly nextTickInMs: number
}

/** Records the due ticks of registered schedules. */
export async function recordDueTicks(
  client: LedgerClient,
  { graph, schedules, planVersions }: Omit<LookFacts, "arrivals">,
): Promise<DueTicksResult> {
  const names = schedules.map(({ name }) => name)
  const states = await readScheduleStates(client, names)
  const arrivals = await readNewArrivals(client, schedules, states)
  const facts = { graph, schedules, arrivals, planVersions }
  const ticks = listAllDueTicks(facts, states)
  if (ticks.length > 0)
    await recordTicks(client, names, (lockedStates) => listAllDueTicks(facts, lockedStates))
  return { ticks, nextTickInMs: findNextInstant(schedules, states.nowMs) - states.nowMs }
}

/** Reads the arrivals that a schedule has not yet had a tick for. */
export async function readNewArrivals(
  client: LedgerClient,
  schedules: readonly Schedule[],
  { states }: ScheduleStates,
): Promise<readonly Arrival[]> {
  const lastArrivals = schedules.flatMap(({ name, automation }) =>
    automation.kind === "arrival" ? [states.get(name)?.newestTick?.lastArrival ?? 0] : [],
  )
  return lastArrivals.length === 0 ? [] : readArrivals(client, Math.min(...lastArrivals))
}

function listAllDueTicks(
  { schedules, ...facts }: LookFacts,
  { states, nowMs }: ScheduleStates,
): readonly DueTick[] {
  return schedules.flatMap((schedule) => {
    const state = states.get(schedule.name)
    if (state === undefined) return []
    return listDueTicks(schedule, state, selectTickFacts(schedule, state, { ...facts, nowMs }))
  })
}

/** Selects the facts of one schedule: the arrivals since its newest tick and its plan. */
export function selectTickFacts(
  { name }: Schedule,
  { newestTick }: ScheduleState,
  {
    graph,
    arrivals,
    planVersions,
    nowMs,
  }: Omit<LookFacts, "schedules"> & { readonly nowMs: number },
): TickFacts {
  const lastArrival = newestTick?.lastArrival ?? 0
  return {
    graph,
    nowMs,
    arrivals: arrivals.filter(({ id }) => id > lastArrival),
    planVersion: planVersions.get(name),
  }
}

function findNextInstant(schedules: readonly Schedule[], nowMs: number): number {
  const instants = schedules.flatMap(({ automation }) =>
    automation.kind === "cron" ? (findNextTick(automation, nowMs) ?? []) : [],
  )
  return Math.min(Infinity, ...instants)
}
