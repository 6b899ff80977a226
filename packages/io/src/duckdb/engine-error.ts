import { FreshetError, getErrorMessage } from "@freshet/core/engine"

/** Returns the first line of an engine message, without its error class. */
export function formatEngineMessage(error: unknown): string {
  const first = getErrorMessage(error).split("\n", 1)[0] ?? ""
  return first.replace(/^(?:[A-Z][A-Za-z-]* )*Error: /i, "").trim()
}

/** Builds a FreshetError that names the failed work; a FreshetError passes through. */
export function toEngineError(task: string, cause: unknown): FreshetError {
  if (cause instanceof FreshetError) return cause
  if (isInterrupt(cause)) return createInterruptedError(cause)
  if (isOutOfMemory(cause))
    return new FreshetError("engine", `${task} needs more memory than the engine may use`, {
      cause,
      hint: "Raise the memory limit, or make sure that the spill folder has room.",
      isTransient: true,
    })
  return new FreshetError("engine", `${task}: ${formatEngineMessage(cause)}`, {
    cause,
    isTransient: isEnvironmentFault(cause),
  })
}

/** Builds the error of interrupted work. */
export function createInterruptedError(cause?: unknown): FreshetError {
  return new FreshetError("interrupted", "stopped before it was done", { cause })
}

function isInterrupt(error: unknown): boolean {
  return error instanceof Error && /^INTERRUPT Error/i.test(error.message)
}

/** Tests if the engine reports a fault of files or connections, not of the query or its data. */
function isEnvironmentFault(error: unknown): boolean {
  return error instanceof Error && /^(?:IO|HTTP|Connection|Network) Error/i.test(error.message)
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /^Out of Memory Error/i.test(error.message)
}
