import { formatDuration } from "@freshet/core/engine"

import type { ScheduleDocument, ScheduleListDocument, TickDocument } from "../../api/documents.ts"
import { formatNumberWord, formatTime } from "../../format.ts"
import type { StateName } from "../../ui/state-names.ts"

const tickStates: Readonly<Record<TickDocument["state"], readonly [StateName, string]>> = {
  queued: ["queued", "queued"],
  running: ["running", "running"],
  nothing: ["fresh", "nothing to do"],
  succeeded: ["fresh", "succeeded"],
  failed: ["failed", "failed"],
  interrupted: ["missing", "interrupted"],
}

/** Returns the state as which a tick is drawn, and its word. */
export function describeTick({ state }: TickDocument): readonly [state: StateName, word: string] {
  return tickStates[state]
}

const reasonStates: Readonly<
  Record<ScheduleDocument["idle_reason"]["kind"], readonly [StateName, string]>
> = {
  paused: ["missing", "paused"],
  open: ["queued", "queued"],
  due: ["overdue", "due"],
  missed: ["overdue", "missed"],
  next_instant: ["queued", "waits for its time"],
  no_arrival: ["queued", "waits for files"],
  tried: ["failed", "not repeated"],
  nothing_to_do: ["fresh", "nothing to do"],
}

/** Returns the state as which a schedule is drawn, and its word. */
export function describeSchedule({
  idle_reason: { kind },
}: ScheduleDocument): readonly [state: StateName, word: string] {
  return reasonStates[kind]
}

/** Says in one sentence which tick is next, and if a scheduler is missing. */
export function describeSchedules({ schedules, now }: ScheduleListDocument): string {
  const dueCount = schedules.filter(({ idle_reason: { kind } }) => kind === "due").length
  const next = findNext(schedules)
  const due =
    dueCount === 0
      ? ""
      : `${formatNumberWord(dueCount)} ${dueCount === 1 ? "schedule is" : "schedules are"} due, and no scheduler runs. `
  if (next === undefined) return `${due}No instant is ahead.`
  const wait = formatDuration(Date.parse(next.at) - Date.parse(now))
  return `${due}The next tick is ${next.name} at ${formatTime(next.at, now)}, in ${wait}.`
}

/** Says when the next tick is; undefined when no instant is ahead. */
export function describeNextTick({ schedules, now }: ScheduleListDocument): string | undefined {
  const next = findNext(schedules)
  if (next === undefined) return undefined
  const wait = formatDuration(Date.parse(next.at) - Date.parse(now))
  return `Next run ${formatTime(next.at, now)}, in ${wait}`
}

function findNext(schedules: readonly ScheduleDocument[]) {
  const instants = schedules.flatMap(({ name, next_tick_at: at }) =>
    at === null ? [] : [{ name, at }],
  )
  return instants.toSorted((first, second) => Date.parse(first.at) - Date.parse(second.at))[0]
}
