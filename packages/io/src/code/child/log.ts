import { type LogMessage, maxFirstLines, maxLastLines, shortenLine } from "@freshet/core/engine"

/** The log of a step in the process that runs its code. */
export interface CodeLog {
  readonly write: (message: LogMessage) => void
  /** Sends the lines that were not sent yet. */
  readonly flush: () => void
}

/** The pause between two groups of lines. */
const pauseMs = 200

/**
 * Creates a log that sends the first lines as soon as they are printed, and later lines in groups. It omits the lines of
 * a group that the log of the step would omit, so that code which prints without end does not fill the memory.
 */
export function createLog(
  send: (messages: readonly LogMessage[]) => void,
  nowMs: () => number,
): CodeLog {
  let messages: LogMessage[] = []
  let lines = 0
  let omittedLines = 0
  let lastMs = nowMs()
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    lastMs = nowMs()
    const [first, ...furtherMessages] = messages
    if (first !== undefined) send([{ ...first, omittedBefore: omittedLines }, ...furtherMessages])
    messages = []
    omittedLines = 0
  }
  const write = ({ level, text }: LogMessage) => {
    const atMs = nowMs()
    lines += 1
    messages.push({ level, text: shortenLine(text), atMs })
    if (messages.length > maxLastLines) {
      messages.shift()
      omittedLines += 1
    }
    if (lines <= maxFirstLines || atMs - lastMs >= pauseMs) flush()
    else timer ??= setTimeout(flush, pauseMs).unref()
  }
  return { write, flush }
}
