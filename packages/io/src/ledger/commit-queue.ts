import type { FreshetError } from "@freshet/core/engine"

/** A queue that commits records in the order of their requests. */
export interface CommitQueue<R> {
  /** Resolves once the record is committed, in one transaction with others in the queue. */
  readonly commit: (record: R) => Promise<void>
  /** Runs `work` alone, after all earlier requests and before all later ones. */
  readonly runAlone: <T>(work: () => Promise<T>) => Promise<T>
}

interface QueueEntry<R> {
  /** Undefined for work that runs alone. */
  readonly record: R | undefined
  readonly complete: () => Promise<void>
  readonly reject: (cause: unknown) => void
}

interface CommitOptions<R> {
  readonly commitAll: (records: readonly R[]) => Promise<void>
  /** Tests if a record can share a transaction with those. */
  readonly canShareCommit: (record: R, groupedRecords: readonly R[]) => boolean
  readonly failure: (cause: unknown) => FreshetError
}

/**
 * Creates a commit queue. Records that arrive during a commit are committed together in the next one.
 * After the first failure all requests fail with it, so that the committed records are always a prefix of the requests.
 */
export function createCommitQueue<R>(options: CommitOptions<R>): CommitQueue<R> {
  const entries: QueueEntry<R>[] = []
  let isBusy = false
  let failure: FreshetError | undefined

  async function drain(): Promise<void> {
    isBusy = true
    while (entries.length > 0) await commitGroup(takeGroup(entries, options.canShareCommit))
    isBusy = false
  }

  async function commitGroup(group: readonly QueueEntry<R>[]): Promise<void> {
    try {
      if (failure !== undefined) throw failure
      const records = group.flatMap(({ record }) => (record === undefined ? [] : [record]))
      if (records.length > 0) await options.commitAll(records)
      for (const { complete } of group) await complete()
    } catch (cause) {
      failure ??= options.failure(cause)
      for (const { reject } of group) reject(failure)
    }
  }

  function enqueue(entry: QueueEntry<R>): void {
    entries.push(entry)
    if (!isBusy) void drain()
  }

  return {
    commit: (record) =>
      new Promise((resolve, reject) => {
        enqueue({ record, complete: async () => resolve(), reject })
      }),
    runAlone: (work) =>
      new Promise((resolve, reject) => {
        enqueue({ record: undefined, complete: async () => resolve(await work()), reject })
      }),
  }
}

/** Takes the next records that can share a transaction, or the next entry alone. */
function takeGroup<R>(
  entries: QueueEntry<R>[],
  canShareCommit: CommitOptions<R>["canShareCommit"],
): QueueEntry<R>[] {
  const records: R[] = []
  for (const { record } of entries) {
    if (record === undefined || !canShareCommit(record, records)) break
    records.push(record)
  }
  return entries.splice(0, Math.max(1, records.length))
}
