import type { Context } from "hono"
import { streamSSE } from "hono/streaming"

import type { UiEvent } from "./documents.ts"
import type { EventHub, HubEvent } from "./event-hub.ts"

const heartbeatMs = 15_000

/** The time after which a browser connects again to a lost stream. */
const retryMs = 1000

/** The events of a server, and the state that they change. */
export interface EventSourceOptions {
  readonly hub: EventHub<UiEvent>
  /** The reason for which the ledger cannot be read; undefined while it can. */
  readonly getLedgerFault: () => string | undefined
}

/** Streams events to a page. It continues after `Last-Event-ID`, or after the id in the address for a page whose browser gave up; else it asks the page to read everything again. */
export function streamEvents(
  context: Context,
  { hub, getLedgerFault }: EventSourceOptions,
): Response {
  const lastId = context.req.header("last-event-id") ?? context.req.query("after")
  return streamSSE(context, async (stream) => {
    const send = ({ id, event }: HubEvent<UiEvent>) =>
      stream.writeSSE({ id, event: event.kind, data: JSON.stringify(event) })
    const missedEvents = lastId === undefined ? [] : hub.listSince(lastId)
    const pending: HubEvent<UiEvent>[] = [...(missedEvents ?? [])]
    let wake = () => {}
    const unsubscribe = hub.subscribe((event) => {
      pending.push(event)
      wake()
    })
    stream.onAbort(() => wake())
    const kind = missedEvents === undefined ? "reset" : "hello"
    const firstId = pending.length === 0 ? hub.getLastId() : lastId
    const id = firstId ?? hub.getLastId()
    await stream.writeSSE({
      id,
      event: kind,
      data: JSON.stringify({ ledger_fault: getLedgerFault() ?? null }),
      retry: retryMs,
    })
    while (!stream.aborted) {
      for (let event = pending.shift(); event !== undefined; event = pending.shift())
        await send(event)
      const isWoken = await waitForEvent((resolve) => (wake = resolve))
      if (!isWoken && !stream.aborted)
        await stream.writeSSE({ id: hub.getLastId(), event: "heartbeat", data: "{}" })
    }
    unsubscribe()
  })
}

/** Waits for a call of the registered function; false after the interval of heartbeats. */
function waitForEvent(register: (resolve: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), heartbeatMs)
    register(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
