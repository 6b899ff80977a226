import { useSyncExternalStore } from "react"

import type { RequestDocument, UiEvent } from "./documents.ts"

/** A step that runs at the moment. */
export interface RunningStep {
  readonly run: string
  readonly step: string
  readonly computation: string
  readonly partition: string
  readonly startedMs: number
}

/** The part of the page that events change: the connection, requests, and running steps. */
export interface LiveState {
  readonly connection: "connecting" | "live" | "lost"
  /** The time of the latest message of the server. */
  readonly lastMessageMs: number
  /** The reason for which the ledger cannot be read; undefined while it can. */
  readonly ledgerFault: string | undefined
  readonly requests: ReadonlyMap<string, RequestDocument>
  readonly runningSteps: ReadonlyMap<string, RunningStep>
  /** The number of times that the page has connected to another server than before. */
  readonly restarts: number
}

let state: LiveState = {
  connection: "connecting",
  lastMessageMs: Date.now(),
  ledgerFault: undefined,
  requests: new Map(),
  runningSteps: new Map(),
  restarts: 0,
}

const listeners = new Set<() => void>()

/** Returns the state after an event. */
function applyEvent(previous: LiveState, event: UiEvent, nowMs: number): LiveState {
  const next = { ...previous, lastMessageMs: nowMs }
  switch (event.kind) {
    case "project_changed":
      return next
    case "request_changed": {
      const { request } = event
      const requests = new Map([...previous.requests, [request.request, request] as const])
      const isOver = request.state === "ended" || request.state === "rejected"
      const runningSteps = isOver
        ? new Map([...previous.runningSteps].filter(([, { run }]) => run !== request.run))
        : previous.runningSteps
      return { ...next, requests, runningSteps }
    }
    case "step_started": {
      const { run, step, computation, partition, at } = event
      const runningStep = { run, step, computation, partition, startedMs: Date.parse(at) }
      const runningSteps = new Map([
        ...previous.runningSteps,
        [`${run} ${step}`, runningStep] as const,
      ])
      return { ...next, runningSteps }
    }
    case "step_ended": {
      const key = `${event.run} ${event.step}`
      const runningSteps = new Map([...previous.runningSteps].filter(([id]) => id !== key))
      return { ...next, runningSteps }
    }
    case "ledger_lost":
      return { ...next, ledgerFault: event.message }
    case "ledger_restored":
      return { ...next, ledgerFault: undefined }
  }
}

function setState(next: LiveState): void {
  state = next
  for (const listener of listeners) listener()
}

const eventKinds = [
  "project_changed",
  "request_changed",
  "step_started",
  "step_ended",
  "ledger_lost",
  "ledger_restored",
] as const satisfies readonly UiEvent["kind"][]

/** Calls that make the page read documents again. */
export interface LiveOptions {
  readonly onProjectChanged: () => void
  /** Reads the requests of the server, of which events may have been missed. */
  readonly readRequests: () => Promise<readonly RequestDocument[]>
}

/** The time before the page connects again after the server refused the stream; a lost connection is up to the browser. */
const reconnectMs = 2000

/** Reads the id of the last event before the server answered with this page. Documents that the page reads contain it. */
export function readFirstEventId(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=freshet-event]")?.content ?? ""
}

/** Connects to the event stream after an event. A reconnection continues after the last one; another server makes the page read everything again. */
export function connectEvents(options: LiveOptions, afterId: string): void {
  let lastId = afterId
  const source = new EventSource(`/api/events?after=${encodeURIComponent(afterId)}`)
  const listen = (kind: string, handle: (data: string) => void) =>
    source.addEventListener(kind, ({ data, lastEventId }: MessageEvent<string>) => {
      handle(data)
      lastId = lastEventId
    })
  listen("hello", (data) => {
    const { connection } = state
    setState({ ...state, ledgerFault: readLedgerFault(data) })
    confirmConnection()
    if (connection === "connecting") void readState(options)
    if (connection === "lost") options.onProjectChanged()
  })
  listen("reset", (data) => {
    const restarts = state.restarts + 1
    setState({ ...state, ledgerFault: readLedgerFault(data), runningSteps: new Map(), restarts })
    confirmConnection()
    void readState(options)
    options.onProjectChanged()
  })
  listen("heartbeat", confirmConnection)
  for (const kind of eventKinds)
    listen(kind, (data) => {
      const event = JSON.parse(data) as UiEvent // the server's tests parse every event
      for (const events of readings) events.push(event)
      setState(applyEvent(state, event, Date.now()))
      if (changesDocuments(event)) options.onProjectChanged()
    })
  source.addEventListener("error", () => {
    setState({ ...state, connection: "lost" })
    if (source.readyState !== EventSource.CLOSED) return
    setTimeout(() => connectEvents(options, lastId), reconnectMs)
  })
}

function readLedgerFault(data: string): string | undefined {
  const { ledger_fault: fault } = JSON.parse(data) as { readonly ledger_fault: string | null } // as the server sends it
  return fault ?? undefined
}

function confirmConnection(): void {
  setState({ ...state, connection: "live", lastMessageMs: Date.now() })
}

/** The events that arrived since each reading of the state under way began. */
const readings = new Set<UiEvent[]>()

/** Reads the requests of the server, and applies the events that arrived meanwhile: the answer may be older than they are. */
async function readState({ readRequests }: LiveOptions): Promise<void> {
  const events: UiEvent[] = []
  readings.add(events)
  const requests = await readRequests().catch(() => undefined)
  readings.delete(events)
  if (requests === undefined) return
  const read = new Map(requests.map((request) => [request.request, request]))
  const next = events.reduce<LiveState>(
    (previous, event) => applyEvent(previous, event, Date.now()),
    { ...state, requests: read },
  )
  setState({ ...state, requests: next.requests })
}

function changesDocuments(event: UiEvent): boolean {
  if (event.kind === "request_changed") return event.request.state !== "running"
  return event.kind === "project_changed" || event.kind === "ledger_restored"
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Reads the live state. */
export function useLive(): LiveState {
  return useSyncExternalStore(subscribe, () => state)
}
