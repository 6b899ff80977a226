import { formatInstant, getErrorMessage } from "@freshet/core/engine"
import {
  type AlertDelivery,
  claimDeliveries,
  endDelivery,
  type LedgerClient,
  postponeDelivery,
} from "@freshet/io"

import type { WakeUp } from "../automation/wake-up.ts"
import type { Services } from "../services.ts"
import { type AlertChannel, type AlertMessage, listChannels } from "./channels.ts"

/** Delivers the due alerts on all channels. An alert is delivered at least once: again when a channel fails or the process is killed in between. */
export async function deliverAlerts(
  client: LedgerClient,
  channels: readonly AlertChannel[],
): Promise<void> {
  if (channels.length === 0) return
  for (const delivery of await claimDeliveries(client)) {
    const results = await Promise.allSettled(
      channels.map(({ send }) => send(createMessage(delivery))),
    )
    const failures = results.flatMap((result) =>
      result.status === "rejected" ? [getErrorMessage(result.reason)] : [],
    )
    if (failures.length === 0) await endDelivery(client, delivery)
    else await postponeDelivery(client, delivery.id, failures.join(" "))
  }
}

/** The time after which deliveries that failed are looked for. */
const pauseMs = 5_000

/** Delivers alerts until the services' signal is aborted; `wakeUp` ends a pause. Calls `succeed` after each round. */
export async function deliverUntilStopped(
  { config, signal, withLedger }: Services,
  wakeUp: WakeUp,
  succeed: () => void,
): Promise<void> {
  const channels = listChannels(config)
  if (channels.length === 0) return
  await withLedger(async (client) => {
    while (!signal.aborted) {
      await deliverAlerts(client, channels)
      succeed()
      await wakeUp.wait(pauseMs, signal)
    }
  })
}

function createMessage({ notification, title, detail, openedMs }: AlertDelivery): AlertMessage {
  return notification === "opened"
    ? { title, detail }
    : { title: `Recovered: ${title}`, detail: `Open since ${formatInstant(openedMs)}.` }
}
