import type { Output } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import type { TerminalStyle } from "./terminal-style.ts"

/** One of the process's streams, to write to. */
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

/** Who reads a pipe may stop reading, as `head` does: then there is nothing left to say. */
export function exitOnClosedPipe(process: NodeJS.Process): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.fault)
    })
}
