import { formatInstant, type Schedule } from "@freshet/core/engine"
import {
  type LedgerClient,
  type NewAlert,
  readFailureMessages,
  readNewestTicks,
  type RecordedTick,
  syncAlerts,
} from "@freshet/io"

/** Opens an alert for each schedule whose newest tick failed, and resolves those of the others. A tick under way decides nothing. */
export async function syncTickAlerts(
  client: LedgerClient,
  schedules: readonly Schedule[],
): Promise<void> {
  const ticks = await readNewestTicks(client)
  const declaredTicks = schedules.flatMap(({ name }) => ticks.get(name) ?? [])
  const failedTicks = declaredTicks.filter(({ outcome }) => outcome === "failed")
  const messages = await readFailureMessages(
    client,
    failedTicks.flatMap(({ run }) => run ?? []),
  )
  const alerts = failedTicks.map((tick) => toAlert(tick, messages.get(tick.run ?? "") ?? []))
  const undecidedKeys = declaredTicks
    .filter(({ outcome }) => outcome === undefined)
    .map(({ schedule }) => getKey(schedule))
  await syncAlerts(client, "tick_failed", { alerts, undecidedKeys })
}

function getKey(schedule: string): string {
  return `tick: ${schedule}`
}

function toAlert(
  { schedule, tickMs, run, message }: RecordedTick,
  failures: readonly string[],
): NewAlert {
  const lines = [
    ...(message === undefined ? [] : [message]),
    ...failures,
    ...(run === undefined ? [] : [`freshet runs show ${run}`]),
  ]
  const title = `${schedule} failed: tick of ${formatInstant(tickMs)}`
  return { key: getKey(schedule), title, detail: lines.join("\n") }
}
