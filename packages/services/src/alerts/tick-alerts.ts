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
  const alerts: NewAlert[] = []
  for (const tick of failedTicks) alerts.push(await toAlert(client, tick))
  const undecidedKeys = declaredTicks
    .filter(({ outcome }) => outcome === undefined)
    .map(({ schedule }) => getKey(schedule))
  await syncAlerts(client, "tick_failed", { alerts, undecidedKeys })
}

function getKey(schedule: string): string {
  return `tick: ${schedule}`
}

async function toAlert(
  client: LedgerClient,
  { schedule, tickMs, run, message }: RecordedTick,
): Promise<NewAlert> {
  const failures = run === undefined ? [] : await readFailureMessages(client, run)
  const lines = [
    ...(message === undefined ? [] : [message]),
    ...failures,
    ...(run === undefined ? [] : [`freshet runs show ${run}`]),
  ]
  const title = `${schedule} failed: tick of ${formatInstant(tickMs)}`
  return { key: getKey(schedule), title, detail: lines.join("\n") }
}
