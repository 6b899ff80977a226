import type { FreshetError } from "@freshet/core"

/** Work that is committed in the order in which it was asked for. */
export interface CommitQueue<R> {
  /** Resolves once the record is committed, in one transaction with others that waited beside it. */
  readonly commit: (record: R) => Promise<void>
  /** Runs `work` by itself, after what was asked for before it and before what comes later. */
  readonly perform: <T>(work: () => Promise<T>) => Promise<T>
}

interface Waiting<R> {
  /** Undefined for work that is performed by itself. */
  readonly record: R | undefined
  readonly perform: () => Promise<void>
  readonly reject: (cause: unknown) => void
}

interface CommitOptions<R> {
  readonly commitAll: (records: readonly R[]) => Promise<void>
  /** Whether a record can share a transaction with those. */
  readonly fits: (record: R, others: readonly R[]) => boolean
  readonly failure: (cause: unknown) => FreshetError
}

/**
 * One thing at a time; records that arrive while a commit is under way are committed together in the next one.
 * After the first failure everything fails with it: what was recorded is always a beginning of what was asked.
 */
export function commitQueue<R>(options: CommitOptions<R>): CommitQueue<R> {
  const waiting: Waiting<R>[] = []
  let isBusy = false
  let failure: FreshetError | undefined

  async function drain(): Promise<void> {
    isBusy = true
    while (waiting.length > 0) await settle(takeGroup(waiting, options.fits))
    isBusy = false
  }

  async function settle(group: readonly Waiting<R>[]): Promise<void> {
    try {
      if (failure !== undefined) throw failure
      const records = group.flatMap(({ record }) => (record === undefined ? [] : [record]))
      if (records.length > 0) await options.commitAll(records)
      for (const { perform } of group) await perform()
    } catch (cause) {
      failure ??= options.failure(cause)
      for (const { reject } of group) reject(failure)
    }
  }

  function enqueue(asked: Waiting<R>): void {
    waiting.push(asked)
    if (!isBusy) void drain()
  }

  return {
    commit: (record) =>
      new Promise((resolve, reject) => {
        enqueue({ record, perform: async () => resolve(), reject })
      }),
    perform: (work) =>
      new Promise((resolve, reject) => {
        enqueue({ record: undefined, perform: async () => resolve(await work()), reject })
      }),
  }
}

/** As many of the next records as share a transaction, or else the one next thing. */
function takeGroup<R>(waiting: Waiting<R>[], fits: CommitOptions<R>["fits"]): Waiting<R>[] {
  const records: R[] = []
  for (const { record } of waiting) {
    if (record === undefined || !fits(record, records)) break
    records.push(record)
  }
  return waiting.splice(0, Math.max(1, records.length))
}
