import type { CronAutomation } from "../declare/automation.ts"
import { unreachable } from "../problem.ts"
import { formatInstant } from "../quantity.ts"
import { findLastTick, findNextTick } from "./cron.ts"
import { listDueTicks, type ScheduleState, type TickFacts } from "./due-ticks.ts"
import type { Schedule } from "./schedules.ts"

/** The reason why a schedule runs nothing at the moment. */
export interface IdleReason {
  readonly kind: IdleReasonKind
  readonly message: string
  readonly hint?: string
}

/**
 * `open`: its latest tick has not ended. `due`: no scheduler has recorded a due tick. `missed`: an instant passed
 * without a scheduler, and the declaration skips such instants. `tried`: the plan of its latest tick is still the plan.
 */
export type IdleReasonKind =
  | "paused"
  | "open"
  | "due"
  | "missed"
  | "next_instant"
  | "no_arrival"
  | "tried"
  | "nothing_to_do"

/** The time in which a scheduler records a due tick. */
const graceMs = 60_000

/** Explains why a schedule runs nothing. */
export function explainIdleSchedule(
  schedule: Schedule,
  state: ScheduleState,
  facts: TickFacts,
): IdleReason {
  if (state.isPaused)
    return {
      kind: "paused",
      message: "It is paused; the instants of the pause are skipped.",
      hint: `\`freshet schedule resume ${schedule.name}\` resumes it.`,
    }
  if (state.newestTick?.isEnded === false)
    return {
      kind: "open",
      message: `Its tick at ${formatInstant(state.newestTick.tickMs)} has not ended.`,
      hint: "A scheduler executes it as soon as the run lock is free.",
    }
  return explainDueTick(schedule, state, facts) ?? explainWait(schedule, state, facts)
}

function explainDueTick(
  schedule: Schedule,
  state: ScheduleState,
  facts: TickFacts,
): IdleReason | undefined {
  const [tick] = listDueTicks(schedule, state, facts)
  if (tick === undefined) return undefined
  const isCron = schedule.automation.kind === "cron"
  if (isCron && facts.nowMs - tick.tickMs < graceMs) return undefined
  const since = isCron ? ` since ${formatInstant(tick.tickMs)}` : ""
  const message = `A tick is due${since}, and no scheduler has recorded it.`
  return { kind: "due", message, hint: "`freshet serve` records and executes due ticks." }
}

function explainWait(
  { automation }: Schedule,
  state: ScheduleState,
  { nowMs, planVersion }: TickFacts,
): IdleReason {
  switch (automation.kind) {
    case "cron":
      return explainClock(automation, state, nowMs)
    case "arrival":
      return {
        kind: "no_arrival",
        message: "No file has arrived and settled since its latest tick.",
      }
    case "stale":
      if (planVersion === undefined)
        return { kind: "nothing_to_do", message: "Its newest partitions are fresh or blocked." }
      return {
        kind: "tried",
        message: "Its latest tick had the same plan and did not make the newest partitions fresh.",
        hint: "A change of code or inputs makes the next tick due.",
      }
    default:
      return unreachable(automation)
  }
}

function explainClock(automation: CronAutomation, state: ScheduleState, nowMs: number): IdleReason {
  const missedMs = automation.catchUp === "none" ? findMissed(automation, state, nowMs) : undefined
  if (missedMs !== undefined)
    return {
      kind: "missed",
      message: `Its instant at ${formatInstant(missedMs)} passed while no scheduler ran, and its catch-up is \`none\`.`,
      hint: "`freshet serve` executes the instants as they come.",
    }
  const nextMs = findNextTick(automation, nowMs)
  if (nextMs === undefined) return { kind: "next_instant", message: "It has no further instant." }
  return { kind: "next_instant", message: `Its next instant is ${formatInstant(nextMs)}.` }
}

/** Finds the last instant that has passed without a tick. */
function findMissed(
  automation: CronAutomation,
  { sinceMs, newestTick }: ScheduleState,
  nowMs: number,
): number | undefined {
  const afterMs = Math.max(sinceMs, newestTick?.tickMs ?? -Infinity)
  return findLastTick(automation, { afterMs, untilMs: nowMs - graceMs })
}
