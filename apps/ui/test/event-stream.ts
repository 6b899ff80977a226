import { type UiEvent, uiEventSchema } from "../server/documents.ts"

/** An event as the browser receives it. */
export interface ReceivedEvent {
  readonly id: string
  readonly kind: string
  /** Undefined for the events of the stream itself: hello, reset, heartbeat. */
  readonly event: UiEvent | undefined
}

/** Reads the event stream until a condition holds, and closes it. */
export async function readEvents(
  address: string,
  until: (events: readonly ReceivedEvent[]) => boolean,
  options: { readonly lastId?: string; readonly onOpen?: () => void } = {},
): Promise<readonly ReceivedEvent[]> {
  const controller = new AbortController()
  const headers = options.lastId === undefined ? {} : { "last-event-id": options.lastId }
  const response = await fetch(`${address}/api/events`, { headers, signal: controller.signal })
  const events: ReceivedEvent[] = []
  let buffer = ""
  try {
    for await (const chunk of response.body ?? []) {
      buffer += new TextDecoder().decode(chunk)
      const blocks = buffer.split("\n\n")
      buffer = blocks.pop() ?? ""
      events.push(...blocks.map(parseEvent))
      if (events.some(({ kind }) => kind === "hello" || kind === "reset")) options.onOpen?.()
      options = { ...options, onOpen: () => {} }
      if (until(events)) return events
    }
  } finally {
    controller.abort()
  }
  return events
}

const streamKinds = new Set(["hello", "reset", "heartbeat"])

function parseEvent(block: string): ReceivedEvent {
  const fields = new Map(
    block.split("\n").map((line) => {
      const at = line.indexOf(": ")
      return [line.slice(0, at), line.slice(at + 2)]
    }),
  )
  const kind = fields.get("event") ?? ""
  const data: unknown = JSON.parse(fields.get("data") ?? "null")
  const event = streamKinds.has(kind) ? undefined : uiEventSchema.parse(data)
  return { id: fields.get("id") ?? "", kind, event }
}
