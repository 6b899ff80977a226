/** A mistake in declarations or a request. Problems are collected and reported together, each with a hint how to fix it. */
export interface Problem {
  readonly kind: string
  readonly asset?: string
  readonly message: string
  readonly hint?: string
}

/** The cause of a failed command; it decides the exit status. */
export type FreshetErrorCode =
  | "usage"
  | "config"
  | "postgres"
  | "store"
  | "engine"
  | "input"
  | "stream"
  | "check"
  | "ledger"
  | "publish"
  | "busy"
  | "moved"
  | "interrupted"

/** An expected failure: one sentence for people, its cause, and a hint how to fix it if there is one. */
export class FreshetError extends Error {
  readonly code: FreshetErrorCode
  readonly hint: string | undefined
  /** True if the same work may succeed at another time; by default for errors of the store. */
  readonly isTransient: boolean

  constructor(
    code: FreshetErrorCode,
    message: string,
    options: {
      readonly cause?: unknown
      readonly hint?: string | undefined
      readonly isTransient?: boolean
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "FreshetError"
    this.code = code
    this.hint = options.hint
    this.isTransient = options.isTransient ?? code === "store"
  }
}

/** Tests if work ended early because it was cancelled. */
export function isInterruption(error: unknown): boolean {
  return error instanceof FreshetError && error.code === "interrupted"
}

/** A request with problems; carries all of them. */
export class ProblemsError extends FreshetError {
  readonly problems: readonly Problem[]

  constructor(code: FreshetErrorCode, problems: readonly Problem[]) {
    super(code, problems.map((problem) => problem.message).join("\n"))
    this.problems = problems
  }
}

/** Returns the message of an error, or the text of another thrown value. */
export function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Marks a branch that cannot run: the compiler proves that every kind is handled before this call. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`)
}
