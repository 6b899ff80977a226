import { createInterruptedError } from "../duckdb/engine-error.ts"

/**
 * Iterates over items until the signal is aborted; then it throws without waiting for the pending item. The iterator of
 * the items ends as soon as its pending item resolves.
 */
export async function* iterateUntil<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]()
  try {
    for (;;) {
      const item = await readNext(iterator, signal)
      if (item.done === true) return
      yield item.value
    }
  } finally {
    const ending = Promise.resolve(iterator.return?.())
    if (signal.aborted) ending.catch(() => {})
    else await ending
  }
}

function readNext<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(createInterruptedError())
    if (signal.aborted) return abort()
    signal.addEventListener("abort", abort)
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort))
  })
}
