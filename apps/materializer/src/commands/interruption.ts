/** How a command hears that a person wants it to stop. */
export interface Interruption {
  readonly signal: AbortSignal
  /** From here on the first Ctrl-C aborts the signal and the second ends the process at once. */
  readonly watch: (message: string, tell?: (text: string) => void) => void
  /** 130 after Ctrl-C, 143 after a request to terminate. */
  readonly exitCode: () => number
}

type StopSignal = "SIGINT" | "SIGTERM"
const exitCodes: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 }

/** The process, as far as stopping it is concerned. */
export interface Stoppable {
  readonly on: (signal: StopSignal, listener: () => void) => unknown
  readonly exit: (code: number) => unknown
}

export function interruptionOf(
  process: Stoppable,
  tellAnyhow: (text: string) => void,
): Interruption {
  const controller = new AbortController()
  let received: StopSignal = "SIGINT"
  let watching = false
  const receive = (signal: StopSignal, tell: () => void) => () => {
    if (controller.signal.aborted) process.exit(exitCodes[signal])
    received = signal
    tell()
    controller.abort()
  }
  return {
    signal: controller.signal,
    watch: (message, tell = (text) => tellAnyhow(`\n${text}\n`)) => {
      if (watching) return
      watching = true
      process.on(
        "SIGINT",
        receive("SIGINT", () => tell(`${message} Press Ctrl-C again to stop at once.`)),
      )
      process.on(
        "SIGTERM",
        receive("SIGTERM", () => tell(message)),
      )
    },
    exitCode: () => exitCodes[received],
  }
}
