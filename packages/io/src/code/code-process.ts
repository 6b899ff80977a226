import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { setTimeout as delay } from "node:timers/promises"

import type { LogMessage } from "@freshet/core/engine"

import { createLineBuffer } from "./line-buffer.ts"
import type { CodeFailure, ProcessRequest, ProcessResponse } from "./messages.ts"

/** The programs with which processes run the code of assets. */
export interface CodeProgram {
  /** The bundled program of a process. */
  readonly programPath: string
  /** The bundled `freshet.config.ts`, which the process loads to find the code. */
  readonly declarationsPath: string
  /** The place of a process that a server keeps ready; undefined in a command that ends with its run. */
  readonly spare?: SpareSlot | undefined
}

/** The programs of processes, and their memory limit if an asset has none. */
export interface CodeProcessOptions extends CodeProgram {
  readonly memoryMb: number
}

/** A place for an unused process, shared by the runs of a server. */
export interface SpareSlot {
  child: CodeProcess | undefined
  /** True: the place is filled again after its process was taken. */
  isKept: boolean
}

/** Something that happens in a process. */
export type ProcessEvent =
  | ProcessResponse
  | {
      readonly kind: "exited"
      readonly code: number | null
      readonly signal: string | null
      readonly isOutOfMemory: boolean
    }

/** A process that runs the code of one step at a time. */
export interface CodeProcess {
  readonly memoryMb: number
  readonly post: (request: ProcessRequest) => void
  /** Replaces the listener. */
  readonly listen: (listener: (event: ProcessEvent) => void) => void
  /** Ends the process at once. */
  readonly terminate: () => Promise<void>
}

/** Starts a process, which loads the declarations. */
export function startCodeProcess(program: CodeProgram, memoryMb: number): CodeProcess {
  const child = fork(program.programPath, [program.declarationsPath, String(memoryMb)], {
    detached: true, // a process group of its own, with the programs that it starts
    execArgv: [`--max-old-space-size=${memoryMb}`],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  let emit: (event: ProcessEvent) => void = () => {}
  const isOutOfMemory = forwardOutput(child, (message) =>
    emit({ kind: "log", messages: [message] }),
  )
  child.on("message", (response) => emit(response as ProcessResponse)) // of our program
  const ended = new Promise<void>((resolve) => {
    child.on("exit", resolve)
    child.on("error", (error) => {
      if (child.pid !== undefined) return
      emit({ kind: "ended", failure: toStartFailure(error), isReusable: false })
      resolve()
    })
  })
  void waitForExit(child).then((exit) =>
    emit({ kind: "exited", ...exit, isOutOfMemory: isOutOfMemory() }),
  )
  return {
    memoryMb,
    post: (request) => {
      if (child.connected) child.send(request, () => {}) // the end of the process reports a failure
    },
    listen: (listener) => {
      emit = listener
    },
    terminate: async () => {
      killGroup(child)
      await ended
    },
  }
}

/** Ends a process and the programs that it started. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // all of them have ended
  }
}

function toStartFailure(error: Error): CodeFailure {
  return { kind: "thrown", message: `its process does not start: ${error.message}` }
}

/** The longest wait for output after the end of a process. Programs that the code started may hold it open. */
const maxDrainMs = 200

/** Waits until the process has ended and its messages and output have arrived. */
async function waitForExit(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  const drained = ["close", "disconnect"].map((event) => once(child, event))
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null]
  await Promise.race([Promise.all(drained), delay(maxDrainMs, undefined, { ref: false })])
  return { code, signal }
}

/** Forwards what programs that the code starts print, by line. Returns a function that tests if Node reported that its heap is full. */
function forwardOutput(
  { stdout, stderr }: ChildProcess,
  write: (message: LogMessage) => void,
): () => boolean {
  let isDump = false
  let isOutOfMemory = false
  const outputLines = createLineBuffer((text) => write({ level: "info", text }))
  const errorLines = createLineBuffer((text) => {
    isDump ||= text.startsWith("<--- Last few GCs --->")
    isOutOfMemory ||= /^FATAL ERROR: .*heap out of memory/.test(text)
    if (!isDump && !isOutOfMemory && text !== "") write({ level: "warn", text })
  })
  stdout?.setEncoding("utf8").on("data", outputLines.append)
  stderr?.setEncoding("utf8").on("data", errorLines.append)
  return () => isOutOfMemory
}
