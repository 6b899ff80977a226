import { appendFile, mkdir } from "node:fs/promises"
import { dirname } from "node:path"

import type { LineageEvent } from "./lineage-event.ts"

/** Sends one event; rejects if it was not accepted. */
export type SendEvent = (event: LineageEvent) => Promise<void>

const timeoutMs = 5_000

/** Creates the sender to a URL of http or https, or to a file of JSON lines. */
export function createEventSink(target: string): SendEvent {
  return /^https?:/.test(target) ? createPost(target) : createAppend(target)
}

function createPost(url: string): SendEvent {
  return async (event) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
  }
}

function createAppend(path: string): SendEvent {
  return async (event) => {
    await mkdir(dirname(path), { recursive: true })
    await appendFile(path, `${JSON.stringify(event)}\n`)
  }
}
