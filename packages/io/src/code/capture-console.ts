import { AsyncLocalStorage } from "node:async_hooks"

import type { LogMessage } from "@freshet/core/engine"

import { replaceConsole } from "./replace-console.ts"

type Write = (message: LogMessage) => void

const writers = new AsyncLocalStorage<Write>()

let isReplaced = false

/** Iterates over items, and passes to `write` all that the iteration prints on the console, line by line. */
export function captureConsole<T>(
  write: Write,
  createItems: () => AsyncIterable<T>,
): AsyncIterable<T> {
  if (!isReplaced) replaceConsole(() => writers.getStore())
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
