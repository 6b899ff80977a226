import {
  type DueTick,
  findNextTick,
  formatInstant,
  FreshetError,
  listCronTicks,
  ProblemsError,
  type Schedule,
} from "@freshet/core/engine"
import {
  findTick,
  type LedgerClient,
  recordTicks,
  type RecordedTick,
  registerSchedules,
} from "@freshet/io"

import type { RunDocument } from "../documents/run.ts"
import type { TickDocument } from "../documents/schedules.ts"
import { requireDefaultSchedules } from "../environments/require-default.ts"
import { startTimer } from "../run/timer.ts"
import type { Services } from "../services.ts"
import { executeTick } from "./execute-tick.ts"
import { findSchedule, listProjectSchedules } from "./project-schedules.ts"
import { toTickDocument } from "./read-schedules.ts"

/** The run of a tick, or the tick if it had already ended. */
export type TickScheduleResult =
  | { readonly kind: "executed"; readonly run: RunDocument }
  | { readonly kind: "ended"; readonly tick: TickDocument }

/** A schedule, and the instant of its tick; the present without one. */
export interface TickRequest {
  readonly name: string
  readonly atMs?: number | undefined
  /** False: a run in progress is an error. */
  readonly wait: boolean
}

/** Records a tick of a schedule and executes it. A tick of an instant that has ended is not executed again. */
export async function tickSchedule(
  services: Services,
  { name, atMs, wait }: TickRequest,
): Promise<TickScheduleResult> {
  const tick = await recordScheduleTick(services, { name, atMs })
  return finishTick(services, tick, { wait })
}

/** Records a tick of a schedule, which any process may then execute. */
export function recordScheduleTick(
  services: Services,
  { name, atMs }: Omit<TickRequest, "wait">,
): Promise<RecordedTick> {
  requireDefaultSchedules(services.config)
  const schedule = findSchedule(listProjectSchedules(services.config).schedules, name)
  if (atMs !== undefined) requireInstant(schedule, atMs)
  return recordTick(services, schedule, atMs)
}

/** Executes a recorded tick, or waits while another process does. */
export async function finishTick(
  services: Services,
  recordedTick: RecordedTick,
  { wait }: { readonly wait: boolean },
): Promise<TickScheduleResult> {
  const { schedules } = listProjectSchedules(services.config)
  const schedule = findSchedule(schedules, recordedTick.schedule)
  let tick = recordedTick
  while (tick.outcome === undefined) {
    if (!tick.isTaken) {
      const result = await executeTick(services, schedule, { tick, wait })
      if (result.kind === "executed") return result
    }
    tick = await waitForTick(services, tick, wait)
  }
  return { kind: "ended", tick: toTickDocument(tick) }
}

/** The time between two looks at a tick that another process executes. */
const takenRetryMs = 500

/** Waits while another process executes a tick. Returns the tick as it is afterwards. */
async function waitForTick(
  services: Services,
  initialTick: RecordedTick,
  wait: boolean,
): Promise<RecordedTick> {
  const { emit, signal } = services
  let tick = await readTick(services, initialTick)
  if (!tick.isTaken) return tick
  if (!wait)
    throw new FreshetError("busy", `Another process executes this tick of \`${tick.schedule}\`.`, {
      hint: "Wait until it has ended, or let this command wait for it.",
    })
  emit({
    kind: "run_waiting",
    owner: `the process that executes this tick of \`${tick.schedule}\``,
  })
  while (tick.isTaken) {
    await startTimer(takenRetryMs, signal).ended
    if (signal.aborted)
      throw new FreshetError("interrupted", "Interrupted while another process executes the tick.")
    tick = await readTick(services, tick)
  }
  return tick
}

function readTick(services: Services, tick: RecordedTick): Promise<RecordedTick> {
  return services.withLedger((client) => requireTick(client, tick))
}

function requireInstant({ name, automation }: Schedule, atMs: number): void {
  if (automation.kind !== "cron")
    throw new ProblemsError("usage", [
      {
        kind: "usage",
        message: `\`${name}\` has no instants: its automation is not a cron expression.`,
        hint: "Omit --at.",
      },
    ])
  const isInstant =
    listCronTicks(automation, { afterMs: atMs - 1, untilMs: atMs, limit: 1 }).length === 1
  if (isInstant) return
  const nextMs = findNextTick(automation, atMs)
  const hint = nextMs === undefined ? undefined : `The next one is ${formatInstant(nextMs)}.`
  const message = `\`${name}\` has no tick at ${formatInstant(atMs)}.`
  throw new ProblemsError("usage", [
    { kind: "usage", message, ...(hint === undefined ? {} : { hint }) },
  ])
}

function recordTick(
  services: Services,
  { name }: Schedule,
  atMs: number | undefined,
): Promise<RecordedTick> {
  return services.withLedger(async (client) => {
    await registerSchedules(client, [name])
    let tickMs = atMs ?? 0
    await recordTicks(client, [name], ({ nowMs, states }): readonly DueTick[] => {
      tickMs = atMs ?? nowMs
      return [
        { schedule: name, tickMs, lastArrival: states.get(name)?.newestTick?.lastArrival ?? 0 },
      ]
    })
    return requireTick(client, { schedule: name, tickMs })
  })
}

async function requireTick(
  client: LedgerClient,
  instant: Pick<DueTick, "schedule" | "tickMs">,
): Promise<RecordedTick> {
  const tick = await findTick(client, instant)
  if (tick === undefined) throw new Error(`the tick of ${instant.schedule} is not recorded`)
  return tick
}
