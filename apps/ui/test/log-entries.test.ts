import { expect, test } from "vitest"

import type { StepRow } from "../client/api/documents.ts"
import { filterEntries, type LogFilter, mergeEntries } from "../client/pages/run/log-entries.ts"

const at = (seconds: number) => `2026-01-05T10:00:0${seconds}.000Z`

const step: StepRow = {
  computation: "items",
  outputs: ["items"],
  partition: "2026-01-04",
  outcome: "materialized",
  message: null,
  rows: 1,
  started_at: at(3),
  ms: 2000,
  failed_attempts: [{ message: "reset", started_at: at(0), ms: 1000 }],
}

const run = {
  step_rows: [
    step,
    { ...step, computation: "best", outcome: "failed", message: "no disk", failed_attempts: [] },
    { ...step, computation: "total", partition: "", outcome: "skipped", failed_attempts: [] },
  ] satisfies readonly StepRow[],
  waiting_steps: [],
}

const line = {
  step: "items 2026-01-04",
  attempt: 2,
  level: "debug",
  at: at(4),
  text: "Asks",
} as const
const entries = mergeEntries(run, [line])
const all: LogFilter = { text: "", level: undefined, stream: undefined, step: undefined }

function listTexts(filter: Partial<LogFilter>): readonly string[] {
  return filterEntries(entries, { ...all, ...filter }).map(({ step: id, text }) => `${id}: ${text}`)
}

test("steps, their failed attempts and printed lines are in the order of time", () => {
  expect(listTexts({})).toEqual([
    "items 2026-01-04: failed after 1.0 s: reset",
    "items 2026-01-04: Asks",
    "items 2026-01-04: materialized: 1 row, 2.0 s",
    "best 2026-01-04: failed: no disk",
    "total: blocked",
  ])
})

test.each([
  [{ level: "warn" }, 3],
  [{ level: "error" }, 1],
  [{ stream: "code" }, 1],
  [{ stream: "steps", level: "info" }, 4],
  [{ step: "items 2026-01-04" }, 3],
  [{ text: " ASKS " }, 1],
  [{ text: "best" }, 1],
] as const)("the filter %j chooses %d lines", (filter, count) => {
  expect(listTexts(filter)).toHaveLength(count)
})
