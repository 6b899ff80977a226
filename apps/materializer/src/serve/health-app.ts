import type { SchedulerStatus } from "@freshet/services"
import { Hono } from "hono"

/** The parts of a server that its health depends on. */
export interface HealthSources {
  readonly getStatus: () => SchedulerStatus
  readonly formatMetrics: () => Promise<string>
  readonly nowMs: () => number
}

/** The time without a successful look at schedules after which the scheduler is stuck. */
const longestSilenceMs = 300_000

/**
 * Creates the routes for monitoring. `/healthz`: the process works. `/readyz`: its last look at schedules succeeded,
 * so it reaches the database. `/metrics`: Prometheus text.
 */
export function createHealthApp({ getStatus, formatMetrics, nowMs }: HealthSources): Hono {
  const app = new Hono()
  const startedMs = nowMs()
  app.get("/healthz", (context) => {
    const { lookedAtMs = startedMs, problem } = getStatus()
    const isStuck = problem === undefined && nowMs() - lookedAtMs > longestSilenceMs
    return context.json({ status: isStuck ? "stuck" : "ok" }, isStuck ? 503 : 200)
  })
  app.get("/readyz", (context) => {
    const { lookedAtMs, problem, openTicks } = getStatus()
    const isReady = lookedAtMs !== undefined && problem === undefined
    const document = {
      status: isReady ? "ready" : "not ready",
      looked_at: lookedAtMs === undefined ? null : new Date(lookedAtMs).toISOString(),
      open_ticks: openTicks,
      problem: problem ?? null,
    }
    return context.json(document, isReady ? 200 : 503)
  })
  app.get("/metrics", async (context) =>
    context.text(await formatMetrics(), 200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
    }),
  )
  return app
}
