/** Something a person got wrong. Problems are collected and shown all at once, each with what to do about it. */
export interface Problem {
  readonly kind: string
  readonly asset?: string
  readonly message: string
  readonly hint?: string
}

/** What may go wrong in the world: the code decides the exit status, the sentence is what a person reads. */
export type FreshetErrorCode =
  | "usage"
  | "config"
  | "postgres"
  | "store"
  | "engine"
  | "input"
  | "check"
  | "ledger"
  | "publish"
  | "busy"
  | "moved"
  | "interrupted"

/** A fault of the world, in one sentence, with its cause and, where there is one, what to do. */
export class FreshetError extends Error {
  readonly code: FreshetErrorCode
  readonly hint: string | undefined

  constructor(
    code: FreshetErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly hint?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "FreshetError"
    this.code = code
    this.hint = options.hint
  }
}

/** A request that cannot be granted as it stands: carries every problem that was found. */
export class ProblemsError extends FreshetError {
  readonly problems: readonly Problem[]

  constructor(code: FreshetErrorCode, problems: readonly Problem[]) {
    super(code, problems.map((problem) => problem.message).join("\n"))
    this.problems = problems
  }
}

/** Marks what cannot happen: the compiler proves that every kind was handled before this call. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`)
}
