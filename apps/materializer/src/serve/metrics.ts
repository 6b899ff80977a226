import type { SchedulerStatus, ServiceEvent } from "@freshet/services"
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client"

/** Counts the events of a server. */
export interface Metrics {
  readonly countEvent: (event: ServiceEvent) => void
  readonly format: () => Promise<string>
}

const stepBuckets = [0.01, 0.1, 1, 10, 60, 600, 3600] // seconds

/** Creates the metrics of one server, those of its process included. */
export function createMetrics(getStatus: () => SchedulerStatus): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: "freshet_" })
  const createCounter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers })
  const ticks = createCounter("freshet_ticks_total", "Ended ticks", ["schedule", "outcome"])
  const runs = createCounter("freshet_runs_total", "Ended runs", ["outcome"])
  const failures = createCounter("freshet_scheduler_failures_total", "Failed looks", [])
  const steps = new Histogram({
    name: "freshet_step_seconds",
    help: "Duration of ended steps",
    labelNames: ["computation", "outcome"],
    buckets: stepBuckets,
    registers,
  })
  addStatusGauges(registry, getStatus)
  const countEvent = (event: ServiceEvent) => {
    if (event.kind === "tick_ended") ticks.inc({ schedule: event.schedule, outcome: event.outcome })
    if (event.kind === "run_ended") runs.inc({ outcome: event.outcome })
    if (event.kind === "scheduler_failed") failures.inc()
    if (event.kind === "step_ended" && !event.elsewhere) {
      const labels = { computation: event.computation, outcome: event.outcome.kind }
      steps.observe(labels, event.ms / 1000)
    }
  }
  return { countEvent, format: () => registry.metrics() }
}

function addStatusGauges(registry: Registry, getStatus: () => SchedulerStatus): void {
  const registers = [registry]
  new Gauge({
    name: "freshet_open_ticks",
    help: "Ticks whose run has not ended",
    registers,
    collect() {
      this.set(getStatus().openTicks)
    },
  })
  new Gauge({
    name: "freshet_last_look_timestamp_seconds",
    help: "Time of the last successful look at schedules",
    registers,
    collect() {
      this.set((getStatus().lookedAtMs ?? 0) / 1000)
    },
  })
}
