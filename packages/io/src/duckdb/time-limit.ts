import { type Computation, FreshetError } from "@freshet/core/engine"

import type { EngineContext } from "./engine-context.ts"
import type { Session } from "./session.ts"

/**
 * Runs work of a computation within its time limit. When the limit has passed, the statements of its connections are
 * interrupted, and the work fails with an error that says so.
 */
export async function withTimeLimit<T>(
  context: EngineContext,
  { name, execution: { timeoutSeconds } }: Computation,
  work: (context: EngineContext) => Promise<T>,
): Promise<T> {
  if (timeoutSeconds === undefined) return work(context)
  const [timeout, either] = [new AbortController(), new AbortController()]
  const abort = () => either.abort()
  context.signal?.addEventListener("abort", abort)
  if (context.signal?.aborted) abort()
  timeout.signal.addEventListener("abort", abort)
  const timer = setTimeout(() => timeout.abort(), timeoutSeconds * 1000)
  try {
    const session = withSignal(context.session, either.signal)
    return await work({ ...context, session, signal: either.signal, timeout: timeout.signal })
  } catch (cause) {
    const isTimeout = isInterruption(cause) && timeout.signal.aborted && !context.signal?.aborted
    throw isTimeout ? createTimeoutError(name, timeoutSeconds, cause) : cause
  } finally {
    clearTimeout(timer)
    context.signal?.removeEventListener("abort", abort)
  }
}

function isInterruption(cause: unknown): boolean {
  return cause instanceof FreshetError && cause.code === "interrupted"
}

function createTimeoutError(name: string, seconds: number, cause: unknown): FreshetError {
  return new FreshetError("engine", `\`${name}\` exceeded its time limit of ${seconds} s`, {
    cause,
    hint: "Raise timeoutSeconds of the asset if the work takes so long.",
    isTransient: true,
  })
}

function withSignal(session: Session, signal: AbortSignal): Session {
  return {
    ...session,
    withConnection: (work) => session.withConnection(work, signal),
    openConnection: () => session.openConnection(signal),
  }
}
