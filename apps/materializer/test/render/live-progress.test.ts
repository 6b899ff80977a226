import { buildPlan, listNewestTargets, type RunEvent } from "@freshet/core/engine"
import { applyEvent, type RunProgress, startProgress } from "@freshet/services"
import { expect, test } from "vitest"

import {
  formatProgressBar,
  formatComputation,
  formatLiveProgress,
} from "../../src/render/live-progress-lines.ts"
import { formatEvent } from "../../src/render/run-event.ts"
import { noon, createTinyProject } from "../fixtures/tiny-project.ts"

const project = createTinyProject({
  landed: { "2026-01-02": "a", "2026-01-03": "b", "2026-01-04": "c" },
})
const targets = listNewestTargets(project.evaluation, ["best_items"])
const plan = buildPlan(project.evaluation, { targets, publish: true }, project.hash)
const style = { color: false, unicode: true, columns: 80 }

function ended(
  step: string,
  outcome: Extract<RunEvent, { kind: "step_ended" }>["outcome"],
): RunEvent {
  return {
    kind: "step_ended",
    step,
    outcome,
    rows: 1200,
    ms: 250,
    checks: [],
    lineCounts: [],
    changed: true,
  }
}

function after(...events: readonly RunEvent[]): RunProgress {
  return events.reduce(
    (progress, event) => applyEvent(progress, event, noon),
    startProgress(project.graph, plan, noon),
  )
}

const halfWay = after(
  { kind: "step_started", step: "items 2026-01-02" },
  { kind: "step_started", step: "items 2026-01-03" },
  ended("items 2026-01-02", { kind: "materialized" }),
  { kind: "step_progress", step: "items 2026-01-03", share: 0.71 },
)

test("what is under way is shown with its share and its time", () => {
  expect(formatLiveProgress("materialize", halfWay, noon + 6300, style)).toEqual([
    "materialize  1/4 steps  25%  6.3 s, about 19 s left",
    "▶ items                    2026-01-03  ███████░░░  6.3 s",
  ])
})

test("no line is wider than the terminal", () => {
  const narrow = { ...style, columns: 40 }
  const lines = formatLiveProgress("materialize with a very long selection", halfWay, noon, narrow)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40)
})

test("a computation is told in one line for all its days", () => {
  const done = after(
    ended("items 2026-01-02", { kind: "materialized" }),
    ended("items 2026-01-03", { kind: "unchanged" }),
    ended("items 2026-01-04", { kind: "materialized" }),
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

test("a line of the log has the time, what ended, and how", () => {
  expect(formatEvent(ended("items 2026-01-02", { kind: "materialized" }), noon)).toBe(
    "12:00:00  items 2026-01-02: made, 1,200 rows, 0.3 s",
  )
  const failed = { kind: "failed", message: "the disk is full", hint: undefined } as const
  expect(formatEvent(ended("items 2026-01-02", failed), noon)).toBe(
    "12:00:00  items 2026-01-02: failed: the disk is full",
  )
  expect(formatEvent({ kind: "step_started", step: "items 2026-01-02" }, noon)).toBeUndefined()
})
