/** The repetition of failed steps. A failed check and a mistake in the declaration end a step at the first attempt. */
export interface Retries {
  /** The maximum number of attempts, the first one included: 2 to 20. */
  readonly attempts: number
  /**
   * The longest pause after the first failed attempt. The limit doubles with every further attempt, and each pause is a
   * random part of its limit. Default 1.
   */
  readonly backoffSeconds?: number
  /** The longest of all pauses. Default 300. */
  readonly maxBackoffSeconds?: number
}

/** Decides how the steps of a computation run. It does not decide their rows, so a change makes no partition stale. */
export interface ExecutionPolicy {
  readonly retries?: Retries | undefined
  /** The time limit of each attempt at a step. When it has passed, the query is interrupted and `signal` of the code is aborted. */
  readonly timeoutSeconds?: number | undefined
  /** The pool of the configuration that limits the number of its steps which run at once. */
  readonly pool?: string | undefined
}

/** Decides how the code of an asset runs. */
export interface CodeExecutionPolicy extends ExecutionPolicy {
  /**
   * The limit in MB of the heap of the process that runs the code, and of the buffers that it holds. The default is
   * `codeMemoryMb` of the configuration.
   */
  readonly memoryMb?: number | undefined
}
