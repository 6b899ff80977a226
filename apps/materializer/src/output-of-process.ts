import type { Output } from "./commands/command-line.ts"
import { exitCodes } from "./commands/exit-code.ts"
import type { Look } from "./render/look.ts"

/** One of the process's streams, to write to. */
export function outputOf(stream: NodeJS.WriteStream, look: Look): Output {
  return {
    isTerminal: stream.isTTY,
    look,
    write: (chunk) =>
      new Promise((resolve) => {
        if (stream.write(chunk)) resolve()
        else stream.once("drain", resolve)
      }),
  }
}

/** Who reads a pipe may stop reading, as `head` does: then there is nothing left to say. */
export function quitQuietly(process: NodeJS.Process): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.fault)
    })
}
