import type { RecordedRequest, RecordedTick } from "@freshet/io"
import { expect, test } from "vitest"

import { listFreeWork } from "../../src/automation/queue.ts"
import { resolveConfig } from "../../src/config.ts"
import { createServices } from "../../src/create-services.ts"
import type { RunTarget } from "../../src/run/run-request.ts"

const nowMs = Date.UTC(2026, 0, 5)

const services = createServices(resolveConfig({ assets: [] }, "/project", {}), {
  codeProgram: undefined,
  emit: () => {},
  nowMs: () => nowMs,
  signal: new AbortController().signal,
  supervisorCommand: [],
  watchesSteps: false,
})

function createTick(id: number, schedule: string, isTaken = false): RecordedTick {
  return { id, schedule, tickMs: nowMs, isTaken } as RecordedTick // no other field decides
}

function createRequest(id: number, target: Partial<RunTarget>, ageMs = 10_000): RecordedRequest {
  const recorded = { id, command: "freshet", target, requestedMs: nowMs - ageMs, isTaken: false }
  return { ...recorded, run: undefined, outcome: undefined, message: undefined }
}

test("work of the highest priority is first, and the oldest of a priority", () => {
  const ticks = [createTick(1, "daily"), createTick(2, "hourly")]
  const requests = [
    createRequest(1, { kind: "backfill" }),
    createRequest(2, { kind: "publish" }),
    createRequest(3, { kind: "publish" }),
  ]
  expect(listFreeWork(services, [], { ticks, requests }).map(({ queue }) => queue)).toEqual([
    "request 2",
    "request 3",
    "tick daily",
    "tick hourly",
    "request 1",
  ])
})

test("work that a process executes and requests that a server has just accepted are not free", () => {
  const ticks = [createTick(1, "daily", true)]
  const requests = [
    createRequest(1, { kind: "publish" }, 100),
    { ...createRequest(2, { kind: "publish" }), isTaken: true },
  ]
  expect(listFreeWork(services, [], { ticks, requests })).toEqual([])
})
