import type { Output } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** Creates the output of one of the process's streams. */
export function createOutput(stream: NodeJS.WriteStream, style: TerminalStyle): Output {
  return {
    isTerminal: stream.isTTY,
    style,
    write: (chunk) =>
      new Promise((resolve) => {
        if (stream.write(chunk)) resolve()
        else stream.once("drain", resolve)
      }),
  }
}

/** Exits when the reader of a pipe stops, as `head` does. */
export function exitOnClosedPipe(process: NodeJS.Process): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.fault)
    })
}
