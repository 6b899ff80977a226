import { FreshetError, type LogMessage } from "@freshet/core/engine"

import { createInterruptedError } from "../duckdb/engine-error.ts"
import type { CodeProcess, ProcessEvent } from "./code-process.ts"
import type { CodeProcesses } from "./code-processes.ts"
import { type InputStreams, type OpenInput, openInputStreams } from "./input-streams.ts"
import type { CodeFailure, ColumnValueLists } from "./messages.ts"

/** A step whose code runs in a process. */
export interface CodeStepRequest {
  readonly computation: string
  readonly version: string
  readonly partition: string
  readonly memoryMb: number | undefined
  readonly openInput: OpenInput
  readonly log: (message: LogMessage) => void
  /** Aborted when the code must stop. */
  readonly signal: AbortSignal | undefined
}

/** The time in which aborted code may close its files and connections. */
const stopMs = 1000

/** Runs the code of a step in a process, and yields its rows by column. Throws a FreshetError if the code fails or its process ends. */
export async function* computeInProcess(
  processes: CodeProcesses,
  request: CodeStepRequest,
): AsyncGenerator<ColumnValueLists> {
  const { computation, version, partition, signal } = request
  const child = processes.acquire(request.memoryMb)
  const inputs = openInputStreams(child, request.openInput)
  const events = listenToStep(child, inputs, request.log)
  const stopWatching = watchAbort(child, signal)
  let isReusable = false
  try {
    child.post({ kind: "compute", computation, version, partition })
    for (;;) {
      const event = await events.next()
      if (event.kind === "rows") {
        yield event.columns
        child.post({ kind: "stored" })
        continue
      }
      await receiveOutput()
      isReusable = event.kind === "ended" && event.isReusable && signal?.aborted !== true
      const failure = findFailure(event, request, child.memoryMb)
      if (signal?.aborted && failure !== undefined) throw createInterruptedError(failure)
      if (failure !== undefined) throw inputs.getError() ?? failure
      return
    }
  } finally {
    stopWatching()
    await inputs.close()
    await processes.release(child, isReusable)
  }
}

/** Receives the output of programs that the code started: it comes through other pipes than messages. */
function receiveOutput(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

type StepEvent = Extract<ProcessEvent, { kind: "rows" | "ended" | "exited" }>

/** Serves the reads and the log of a step at once, and queues its other events. */
function listenToStep(
  child: CodeProcess,
  inputs: InputStreams,
  log: (message: LogMessage) => void,
): { readonly next: () => Promise<StepEvent> } {
  const queue: StepEvent[] = []
  let resolveNext: ((event: StepEvent) => void) | undefined
  child.listen((event) => {
    if (event.kind === "read") void inputs.sendNext(event.stream, event.upstream)
    else if (event.kind === "stop_read") inputs.stop(event.stream)
    else if (event.kind === "log") event.messages.forEach(log)
    else if (resolveNext === undefined) queue.push(event)
    else {
      resolveNext(event)
      resolveNext = undefined
    }
  })
  return {
    next: () =>
      new Promise((resolve) => {
        const event = queue.shift()
        if (event === undefined) resolveNext = resolve
        else resolve(event)
      }),
  }
}

/** Aborts the code with the signal, and ends its process if it goes on. Returns a function that ends the watch. */
function watchAbort(child: CodeProcess, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined
  const abort = () => {
    child.post({ kind: "abort" })
    timer = setTimeout(() => void child.terminate(), stopMs)
  }
  signal?.addEventListener("abort", abort)
  if (signal?.aborted === true) abort()
  return () => {
    signal?.removeEventListener("abort", abort)
    clearTimeout(timer)
  }
}

/** Finds the reason why a step failed with an event; undefined if its code returned. */
function findFailure(
  event: Exclude<StepEvent, { kind: "rows" }>,
  { computation }: CodeStepRequest,
  memoryMb: number,
): FreshetError | undefined {
  if (event.kind === "ended") return event.failure && toError(computation, event.failure)
  const { code, signal, isOutOfMemory } = event
  if (isOutOfMemory)
    return createTransientError(
      `the code of \`${computation}\` exceeded its memory limit of ${memoryMb} MB`,
      "Raise memoryMb of the asset, or yield its rows in batches and keep none of them.",
    )
  if (code === null)
    return createTransientError(
      `the process of the code of \`${computation}\` was ended by ${signal}`,
      "The machine may have too little memory.",
    )
  return createTransientError(
    `the code of \`${computation}\` called process.exit(${code})`,
    "It ended its own process only. Throw an error instead.",
  )
}

function toError(computation: string, { kind, message }: CodeFailure): FreshetError {
  if (kind === "rejected_rows") return new FreshetError("engine", message)
  if (kind === "thrown")
    return createTransientError(`the code of \`${computation}\` failed: ${message}`)
  const hint = "Declare the same assets whenever freshet.config.ts is loaded."
  return new FreshetError("config", message, { hint })
}

function createTransientError(message: string, hint?: string): FreshetError {
  return new FreshetError("engine", message, { isTransient: true, ...(hint && { hint }) })
}
