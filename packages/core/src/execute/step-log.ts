import type { LogLine, LogMessage } from "../ports.ts"

/** The log of one attempt at a step. */
export interface StepLog {
  readonly write: (message: LogMessage) => void
  /** Records the last lines, and resolves when all lines are recorded. */
  readonly close: () => Promise<void>
}

/** The number of lines that are recorded as soon as they are printed. */
export const maxFirstLines = 1000
/** The number of lines that are recorded at the end, after the others are omitted. */
export const maxLastLines = 200
/** The maximum number of characters of a line. */
export const maxLineLength = 2000

/**
 * Opens a log that records the first lines and the last lines of an attempt, and omits those between. Lines that are
 * printed while others are recorded are recorded together.
 */
export function openStepLog(
  record: (lines: readonly LogLine[]) => Promise<void>,
  nowMs: () => number,
): StepLog {
  const lastLines: LogLine[] = []
  let pendingLines: LogLine[] = []
  let count = 0
  let draining: Promise<void> | undefined
  const drain = async () => {
    while (pendingLines.length > 0) {
      const lines = pendingLines
      pendingLines = []
      await record(lines)
    }
    draining = undefined
  }
  const flush = () => {
    if (pendingLines.length > 0) draining ??= drain()
  }
  return {
    write: ({ level, text, atMs = nowMs(), omittedBefore = 0 }) => {
      const line = { level, text: shortenLine(text), atMs }
      count += omittedBefore + 1
      if (count > maxFirstLines) {
        lastLines.push(line)
        if (lastLines.length > maxLastLines) lastLines.shift()
        return
      }
      pendingLines.push(line)
      flush()
    },
    close: async () => {
      const omittedCount = count - maxFirstLines - lastLines.length
      if (omittedCount > 0) pendingLines.push(createOmission(omittedCount, nowMs()))
      pendingLines.push(...lastLines)
      flush()
      await draining
    },
  }
}

/** Cuts a line that is longer than the log records. */
export function shortenLine(text: string): string {
  return text.length > maxLineLength ? `${text.slice(0, maxLineLength)}…` : text
}

function createOmission(count: number, atMs: number): LogLine {
  return { level: "info", text: `… ${count.toLocaleString("en-US")} lines omitted …`, atMs }
}
