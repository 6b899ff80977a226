import { setTimeout as delay } from "node:timers/promises"

import type { RunEvent } from "@freshet/core/engine"

import type { RunExporter } from "../run/run-exporter.ts"
import { createSpanBuilder } from "./run-span.ts"

const closeMs = 2_000

/**
 * Creates an exporter of a run as a trace. Spans are sent beside the run: a receiver that is slow, or that fails, loses
 * spans only. `joinedRun` is the id of a run that another process has started.
 */
export function createTraceExporter(
  url: string,
  nowMs: () => number,
  joinedRun: string | undefined,
): RunExporter {
  const opening = import("./span-exporter.ts").then(({ createSpanExporter }) =>
    createSpanExporter(url),
  )
  const buildSpan = createSpanBuilder(nowMs, joinedRun)
  let tail: Promise<void> = Promise.resolve()
  return {
    report: (event: RunEvent) => {
      const span = buildSpan(event)
      if (span !== undefined) tail = tail.then(async () => (await opening).add(span))
    },
    close: async () => {
      const closing = tail.then(async () => (await opening).close())
      await Promise.race([closing, delay(closeMs, undefined, { ref: false })])
    },
  }
}
