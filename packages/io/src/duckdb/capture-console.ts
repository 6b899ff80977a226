import { AsyncLocalStorage } from "node:async_hooks"
import { format } from "node:util"

import type { LogMessage } from "@freshet/core/engine"

type Write = (message: LogMessage) => void

const writers = new AsyncLocalStorage<Write>()

const levels = {
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
} as const satisfies Readonly<Record<string, LogMessage["level"]>>

let isReplaced = false

/** Iterates over items, and passes to `write` all that the iteration prints on the console, line by line. */
export function captureConsole<T>(
  write: Write,
  createItems: () => AsyncIterable<T>,
): AsyncIterable<T> {
  if (!isReplaced) replaceConsole()
  isReplaced = true
  const iterator = writers.run(write, () => createItems()[Symbol.asyncIterator]())
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => writers.run(write, () => iterator.next()),
      return: async (value: unknown) => {
        await writers.run(write, () => iterator.return?.(value))
        return { done: true, value }
      },
    }),
  }
}

/** Lets the console write to the writer of the code that calls it. Other calls print as before. */
function replaceConsole(): void {
  for (const [method, level] of Object.entries(levels)) {
    const name = method as keyof typeof levels // the keys of the object
    const print = console[name].bind(console)
    console[name] = (...values: unknown[]) => {
      const write = writers.getStore()
      if (write === undefined) return print(...values)
      for (const text of format(...values).split("\n")) write({ level, text })
    }
  }
}
