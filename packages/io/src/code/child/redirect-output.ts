import type { LogMessage } from "@freshet/core/engine"

import { createLineBuffer } from "../line-buffer.ts"
import { replaceConsole } from "../replace-console.ts"

/** Redirects everything that the code of this process prints to the current writer. Without one it is discarded. */
export function redirectOutput(getWriter: () => ((message: LogMessage) => void) | undefined): void {
  const writeCurrent = (message: LogMessage) => getWriter()?.(message)
  replaceConsole(() => writeCurrent)
  redirectStream(process.stdout, (text) => writeCurrent({ level: "info", text }))
  redirectStream(process.stderr, (text) => writeCurrent({ level: "warn", text }))
}

function redirectStream(stream: NodeJS.WriteStream, writeLine: (line: string) => void): void {
  const lines = createLineBuffer(writeLine)
  const write = (chunk: string | Uint8Array, ...parameters: readonly unknown[]): boolean => {
    lines.append(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString())
    const done = parameters.find((parameter) => typeof parameter === "function")
    if (done !== undefined) queueMicrotask(() => void done())
    return true
  }
  stream.write = write
}
