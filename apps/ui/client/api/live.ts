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
}

let state: LiveState = {
  connection: "connecting",
  lastMessageMs: Date.now(),
  ledgerFault: undefined,
  requests: new Map(),
  runningSteps: new Map(),
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

/** Connects to the event stream. The browser reconnects by itself, and continues after the last event. */
export function connectEvents({ onProjectChanged, readRequests }: LiveOptions): void {
  const source = new EventSource("/api/events")
  const reload = async () => {
    const requests = await readRequests().catch(() => [])
    setState({
      ...state,
      requests: new Map(requests.map((request) => [request.request, request])),
      runningSteps: new Map(),
    })
    onProjectChanged()
  }
  const confirmConnection = () =>
    setState({ ...state, connection: "live", lastMessageMs: Date.now() })
  source.addEventListener("hello", () => {
    const isReconnected = state.connection === "lost"
    confirmConnection()
    if (isReconnected || state.requests.size === 0) void reload()
  })
  source.addEventListener("reset", () => {
    confirmConnection()
    void reload()
  })
  source.addEventListener("heartbeat", confirmConnection)
  source.addEventListener("error", () => setState({ ...state, connection: "lost" }))
  for (const kind of eventKinds)
    source.addEventListener(kind, ({ data }: MessageEvent<string>) => {
      const event = JSON.parse(data) as UiEvent // the server's tests parse every event
      setState(applyEvent(state, event, Date.now()))
      if (changesDocuments(event)) onProjectChanged()
    })
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
