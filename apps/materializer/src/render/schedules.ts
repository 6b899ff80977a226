import { formatAge, formatInstant, formatQuantity, getZoneOffset } from "@freshet/core/engine"
import type {
  ScheduleDocument,
  ScheduleListDocument,
  SimulationDocument,
  TickDocument,
} from "@freshet/services"

import { getSign, type Sign, type TerminalStyle, type Tone } from "../terminal/terminal-style.ts"
import { type Cell, formatTable } from "./table.ts"

const tickSigns: Readonly<Record<TickDocument["state"], readonly [Sign, Tone]>> = {
  queued: ["missing", "faint"],
  running: ["running", "running"],
  nothing: ["same", "faint"],
  succeeded: ["made", "good"],
  failed: ["failed", "bad"],
  interrupted: ["skipped", "stale"],
}

/** Formats schedules with their latest and their next tick. */
export function formatScheduleList(
  { schedules, now }: ScheduleListDocument,
  style: TerminalStyle,
): readonly string[] {
  if (schedules.length === 0) return ["No schedules: no asset or group declares automation."]
  const nowMs = Date.parse(now)
  const rows = schedules.map((schedule): readonly Cell[] => [
    schedule.name,
    schedule.automation,
    formatQuantity(schedule.assets.length, "asset"),
    ...formatLatestTick(schedule.latest_tick, nowMs, style),
    formatNextTick(schedule),
  ])
  const columns = [
    { header: "schedule" },
    { header: "automation" },
    { header: "assets", drop: 1 },
    { header: "latest tick" },
    { header: "run", drop: 2 },
    { header: "next tick" },
  ]
  return [...formatTable(columns, rows, style), ...schedules.flatMap(formatIdleReason)]
}

const explainedKinds: ReadonlySet<ScheduleDocument["idle_reason"]["kind"]> = new Set([
  "due",
  "missed",
  "open",
  "tried",
])

/** Formats the reason of a schedule that is expected to run. */
function formatIdleReason({
  name,
  idle_reason: { kind, message, hint },
}: ScheduleDocument): readonly string[] {
  if (!explainedKinds.has(kind)) return []
  return ["", `${name}: ${message}`, ...(hint === null ? [] : [`  ${hint}`])]
}

function formatLatestTick(
  tick: TickDocument | null,
  nowMs: number,
  style: TerminalStyle,
): readonly Cell[] {
  if (tick === null) return [getSign(style, "dash"), ""]
  const [sign, tone] = tickSigns[tick.state]
  const age = formatAge(Date.parse(tick.tick_at), nowMs)
  return [{ text: `${getSign(style, sign)} ${tick.state}, ${age}`, tone }, tick.run ?? ""]
}

function formatNextTick({ paused, next_tick_at: next, kind }: ScheduleDocument): Cell {
  if (paused) return { text: "paused", tone: "stale" }
  if (next !== null) return formatInstant(Date.parse(next))
  return kind === "arrival" ? "on arrival" : "when stale"
}

/** Formats the ticks of a period, with the partitions that are newest at each. */
export function formatSimulation(
  { ticks }: SimulationDocument,
  style: TerminalStyle,
): readonly string[] {
  if (ticks.length === 0) return ["No ticks."]
  const rows = ticks.map(({ tick_at: tick, zone, schedule, partitions }) => [
    formatInstant(Date.parse(tick)),
    formatLocalTime(tick, zone),
    schedule,
    partitions.join(", "),
  ])
  const columns = [
    { header: "tick" },
    { header: "local time" },
    { header: "schedule" },
    { header: "newest partition" },
  ]
  return formatTable(columns, rows, style)
}

/** Formats an instant by the clocks of a zone: `2026-07-06T06:00:00+01:00 Europe/London`. */
function formatLocalTime(tick: string, zone: string): string {
  if (zone === "UTC") return ""
  const tickMs = Date.parse(tick)
  const offsetMs = getZoneOffset(zone, tickMs)
  const clock = new Date(tickMs + offsetMs).toISOString().slice(0, 19)
  const offset = new Date(Math.abs(offsetMs)).toISOString().slice(11, 16)
  return `${clock}${offsetMs < 0 ? "-" : "+"}${offset} ${zone}`
}

/** Formats the limits of a simulation. */
export function formatSimulationNotes({
  unpredictable,
  truncated,
  ticks,
}: SimulationDocument): readonly string[] {
  return [
    ...(truncated
      ? [`The first ${formatQuantity(ticks.length, "tick")}; --limit shows more.`]
      : []),
    ...(unpredictable.length > 0
      ? [`Not simulated, because files or content cause their ticks: ${unpredictable.join(", ")}.`]
      : []),
  ]
}

/** Formats a tick that is not executed again. */
export function formatEndedTick({
  schedule,
  tick_at: tick,
  state,
  run,
}: TickDocument): readonly string[] {
  const runText = run === null ? "" : `, run ${run}`
  return [
    `The tick of ${schedule} at ${formatInstant(Date.parse(tick))} has ended: ${state}${runText}.`,
  ]
}
