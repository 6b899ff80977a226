/** Aborts a command on Ctrl-C or a request to terminate. */
export interface Interruption {
  readonly signal: AbortSignal
  /** Listens: the first Ctrl-C aborts the signal and the second ends the process. */
  readonly watch: (message: string, print?: (text: string) => void) => void
  /** Ends the process this long after the first signal, if it has not ended by itself. */
  readonly limitShutdown: (ms: number) => void
  /** Returns 130 after Ctrl-C, 143 after a request to terminate. */
  readonly getExitCode: () => number
}

type StopSignal = "SIGINT" | "SIGTERM"
const signalExitCodes: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 }

/** The part of a process that stops it. */
export interface Stoppable {
  readonly on: (signal: StopSignal, listener: () => void) => unknown
  readonly exit: (code: number) => unknown
}

export function createInterruption(
  process: Stoppable,
  printText: (text: string) => void,
): Interruption {
  const controller = new AbortController()
  let receivedSignal: StopSignal = "SIGINT"
  let isWatching = false
  const createListener = (signal: StopSignal, print: () => void) => () => {
    if (controller.signal.aborted) process.exit(signalExitCodes[signal])
    receivedSignal = signal
    print()
    controller.abort()
  }
  return {
    signal: controller.signal,
    watch: (message, print = (text) => printText(`\n${text}\n`)) => {
      if (isWatching) return
      isWatching = true
      process.on(
        "SIGINT",
        createListener("SIGINT", () => print(`${message} Press Ctrl-C again to stop at once.`)),
      )
      process.on(
        "SIGTERM",
        createListener("SIGTERM", () => print(message)),
      )
    },
    limitShutdown: (ms) =>
      controller.signal.addEventListener("abort", () => {
        const exit = () => process.exit(signalExitCodes[receivedSignal])
        setTimeout(exit, ms).unref()
      }),
    getExitCode: () => signalExitCodes[receivedSignal],
  }
}
