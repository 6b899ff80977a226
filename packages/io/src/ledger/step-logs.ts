import type { LogLine, LogRecord } from "@freshet/core/engine"
import { and, asc, eq, gt } from "drizzle-orm"
import type { Client } from "pg"

import { openQueries } from "./queries.ts"
import { toStorableText } from "./storable-text.ts"

/** A recorded line of a step's log. */
export interface RecordedLogLine extends LogLine {
  /** Grows in the order of the records. */
  readonly id: number
  readonly step: string
  readonly attempt: number
}

/** Records lines of the log of one attempt. */
export async function recordLog(
  client: Client,
  { run, step, attempt, lines }: LogRecord,
): Promise<void> {
  await client.query(
    `insert into freshet.log_lines (run, step, attempt, level, printed_at, text)
     select $1, $2, $3, level, to_timestamp(at_ms / 1000), text
     from unnest($4::text[], $5::float8[], $6::text[]) with ordinality as line (level, at_ms, text, place)
     order by place`,
    [
      run,
      step,
      attempt,
      lines.map(({ level }) => level),
      lines.map(({ atMs }) => atMs),
      lines.map(({ text }) => toStorableText(text)),
    ],
  )
}

/** Selects lines of a run's log, or of one of its steps: those after an id, up to a number. */
export interface LogPage {
  readonly run: string
  readonly step?: string | undefined
  readonly afterId: number
  readonly limit: number
}

/** Reads lines of a run's log in the order of their records. */
export async function readLogLines(
  client: Client,
  { run, step, afterId, limit }: LogPage,
): Promise<readonly RecordedLogLine[]> {
  const { db, logLines } = await openQueries(client)
  const rows = await db
    .select()
    .from(logLines)
    .where(
      and(
        eq(logLines.run, run),
        gt(logLines.id, afterId),
        step === undefined ? undefined : eq(logLines.step, step),
      ),
    )
    .orderBy(asc(logLines.id))
    .limit(limit)
  return rows.map(({ id, step, attempt, level, printed_at, text }) => ({
    id,
    step,
    attempt,
    level,
    text,
    atMs: printed_at.getTime(),
  }))
}
