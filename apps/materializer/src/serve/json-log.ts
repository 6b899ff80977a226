import { pino } from "pino"

import { toJsonValue } from "../terminal/command-line.ts"
import type { LogEntry } from "./event-log.ts"

/** Creates a log of JSON lines: `level`, `time`, the fields of the event, and `message`. */
export function createJsonLog(
  write: (line: string) => void,
  nowMs: () => number,
): (entry: LogEntry) => void {
  const logger = pino(
    {
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${new Date(nowMs()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write },
  )
  return ({ level, message, fields }) =>
    logger[level](JSON.parse(JSON.stringify(fields, toJsonValue)) as object, message)
}
