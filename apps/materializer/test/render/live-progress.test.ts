import type { RunEvent, StepOutcome } from "@freshet/core/engine"
import { applyEvent, type PlanDocument, type RunProgress, startProgress } from "@freshet/services"
import { expect, test } from "vitest"

import {
  formatProgressBar,
  formatComputation,
  formatLiveProgress,
} from "../../src/render/live-progress.ts"
import { describeEvent } from "../../src/render/run-event.ts"
import { runCommand } from "../fixtures/fake-command-line.ts"
import { unmaterializedProject } from "../fixtures/project-states.ts"
import { noon } from "../fixtures/tiny-project.ts"

const planRun = await runCommand(unmaterializedProject, [
  "plan",
  "best_items",
  "--no-publish",
  "--json",
])
const plan = JSON.parse(planRun.out) as PlanDocument // the command printed it

/** Names a step of items. */
function items(partition: string) {
  return { step: `items ${partition}`, computation: "items", check: undefined, partition }
}

const style = { color: false, unicode: true, columns: 80 }

function ended(partition: string, outcome: StepOutcome): RunEvent {
  return {
    kind: "step_ended",
    ...items(partition),
    outcome,
    attempts: 1,
    rows: 1200,
    ms: 250,
    checks: [],
    lineCounts: [],
    changed: true,
    elsewhere: false,
  }
}

function after(...events: readonly RunEvent[]): RunProgress {
  return events.reduce(
    (progress, event) => applyEvent(progress, event, noon),
    startProgress(plan, noon),
  )
}

const halfWay = after(
  { kind: "step_started", ...items("2026-01-02") },
  { kind: "step_started", ...items("2026-01-03") },
  ended("2026-01-02", { kind: "materialized" }),
  { kind: "step_progress", ...items("2026-01-03"), share: 0.71 },
)

test("a running step is shown with its share and its time", () => {
  expect(formatLiveProgress("materialize", halfWay, noon + 6300, style)).toEqual([
    "materialize  1/4 steps  25%  6.3 s, about 19 s remaining",
    "▶ items                    2026-01-03  ███████░░░  6.3 s",
  ])
})

test("no line is wider than the terminal", () => {
  const narrow = { ...style, columns: 40 }
  const lines = formatLiveProgress("materialize with a very long selection", halfWay, noon, narrow)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40)
})

test("a computation is printed in one line for all its days", () => {
  const done = after(
    ended("2026-01-02", { kind: "materialized" }),
    ended("2026-01-03", { kind: "unchanged" }),
    ended("2026-01-04", { kind: "materialized" }),
  )
  const items = done.computations.get("items")
  expect(items && formatComputation("items", items, style)).toBe(
    "✓ items                     3 days          3,600 rows    0.8 s  1 unchanged",
  )
})

test("the bar never leaves its ten places", () => {
  expect(
    [-1, 0, 0.5, 1, 2].map((share) => formatProgressBar(share, { ...style, unicode: false })),
  ).toEqual(["..........", "..........", "#####.....", "##########", "##########"])
})

test("a line of the log says what ended, and how", () => {
  expect(describeEvent(ended("2026-01-02", { kind: "materialized" }))).toBe(
    "items 2026-01-02: materialized, 1,200 rows, 0.3 s",
  )
  const failed = { kind: "failed", message: "the disk is full", hint: undefined } as const
  expect(describeEvent(ended("2026-01-02", failed))).toBe(
    "items 2026-01-02: failed: the disk is full",
  )
  expect(describeEvent({ kind: "step_started", ...items("2026-01-02") })).toBeUndefined()
})
