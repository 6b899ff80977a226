import type { Context } from "hono"
import { streamSSE } from "hono/streaming"

import type { UiEvent } from "./documents.ts"
import type { EventHub, HubEvent } from "./event-hub.ts"

const heartbeatMs = 15_000

/** Streams events to a page. It continues after `Last-Event-ID`, or asks the page to read everything again. */
export function streamEvents(context: Context, hub: EventHub<UiEvent>): Response {
  const lastId = context.req.header("last-event-id")
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
    await stream.writeSSE({ id: firstId ?? hub.getLastId(), event: kind, data: "{}" })
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
