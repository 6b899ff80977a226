import { format } from "node:util"

import type { LogMessage } from "@freshet/core/engine"

const levels = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
} as const satisfies Readonly<Record<string, LogMessage["level"]>>

/** Lets the console write lines to the current writer. Without one it prints as before. */
export function replaceConsole(getWriter: () => ((message: LogMessage) => void) | undefined): void {
  for (const [method, level] of Object.entries(levels)) {
    const name = method as keyof typeof levels // the keys of the object
    const print = console[name].bind(console)
    console[name] = (...values: unknown[]) => {
      const write = getWriter()
      if (write === undefined) return print(...values)
      for (const text of format(...values).split("\n")) write({ level, text })
    }
  }
}
