import { appendFileSync } from "node:fs"
import { join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import type { RunListDocument, ScheduleListDocument } from "@freshet/services"
import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, readFreshetJson, type RunningCommand, runFreshet } from "./freshet-process.ts"
import { startFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { declareShop, landOrders, shopDays, withShop } from "./shop.ts"

function declareAutomation(automation: string, declarations = declareShop()): string {
  return `
    import { onArrival, schedule, whenStale } from "@freshet/core"
    ${declarations}
    export const automation = { shop: ${automation} }`
}

const everyMorning = declareAutomation(`schedule("0 6 * * *", { zone: "UTC" })`)
const arrivals = declareAutomation(`onArrival({ everySeconds: 1 })`)

/** Makes the newest instant of every schedule due. */
async function makeDue(project: DeclaredProject): Promise<void> {
  await runFreshet(project, "schedule")
  await withLedgerClient(project, (client) =>
    client.query("update freshet.schedules set since_at = now() - interval '1 day'"),
  )
}

async function readRuns(project: DeclaredProject): Promise<RunListDocument["runs"]> {
  return (await readFreshetJson<RunListDocument>(project, "runs", "list")).runs
}

async function readTick(project: DeclaredProject) {
  const { schedules } = await readFreshetJson<ScheduleListDocument>(project, "schedule", "ls")
  return schedules[0]?.latest_tick
}

/** Starts a server on a free port, and stops it after the work. */
async function withServer(
  project: DeclaredProject,
  work: (server: RunningCommand & { readonly url: string }) => Promise<void>,
): Promise<void> {
  const server = startFreshet(project, "serve", "--port", "0")
  try {
    await server.waitForOutput("Serving on ")
    const url = /Serving on (\S+)\.\n/.exec(server.readOutput())?.[1] ?? ""
    await work({ ...server, url })
  } finally {
    server.kill("SIGTERM")
  }
  expectDone(await server.result)
}

test("a due tick makes one run", () =>
  withShop(async (project) => {
    await makeDue(project)
    await withServer(project, async ({ waitForOutput }) => {
      await waitForOutput("ended, succeeded")
    })
    expect(await readRuns(project)).toEqual([
      expect.objectContaining({ outcome: "succeeded", command: expect.stringContaining("--at") }),
    ])
    expect(await readTick(project)).toMatchObject({ state: "succeeded" })
  }, everyMorning))

test("of five schedulers, one makes the run of a tick", () =>
  withShop(async (project) => {
    await makeDue(project)
    const schedulers = [1, 2, 3, 4, 5].map(() => runFreshet(project, "serve", "--once"))
    for (const result of await Promise.all(schedulers)) expectDone(result)
    expect(await readRuns(project)).toHaveLength(1)
    expect(await readTick(project)).toMatchObject({ state: "succeeded" })
  }, everyMorning))

test("files on arrival are materialized when they are settled", () =>
  withShop(async (project) => {
    await withServer(project, async ({ waitForOutput, readOutput }) => {
      await waitForOutput("ended, succeeded")
      const file = join(project.landing, "orders/2026-01-05.json")
      const countEnded = () => readOutput().split("ended, succeeded").length - 1
      for (let id = 1; id <= 30; id += 1) {
        appendFileSync(file, `{"id":${id},"item":"pen"}\n`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      await waitForOutput((output) => output.includes("items 2026-01-05: materialized, 1 row"))
      expect(countEnded()).toBeLessThanOrEqual(2)
    })
    const head = ["data", "head", "items", "--partition", "2026-01-05"]
    const { rows } = await readFreshetJson<{ rows: unknown[] }>(project, ...head)
    expect(rows).toEqual([{ item: "pen", orders: 30 }])
  }, arrivals))

test("a late file makes the partitions due that read it", () =>
  withShop(async (project) => {
    const backfill = ["backfill", "best", "--from", shopDays[0], "--to", shopDays[3]]
    expectDone(await runFreshet(project, ...backfill))
    expectDone(await runFreshet(project, "serve", "--once"))
    landOrders(project, "2026-01-02", 9)
    expectDone(await runFreshet(project, "serve", "--once"))
    const status = await runFreshet(project, "plan", "best", "--from", shopDays[0])
    expect(status.stdout).toContain("all requested partitions are fresh")
    expect((await readRuns(project))[0]).toMatchObject({ steps: 4, materialized: 4 })
  }, arrivals))

test("a file with a marker is settled at once, and the marker is no unrecognized file", () =>
  withShop(async (project) => {
    for (const day of shopDays) project.land(`orders/${day}.json.done`, "")
    const { stdout, stderr } = await runFreshet(project, "serve", "--once")
    expect(stdout).toContain("ended, succeeded")
    expect(stderr).toBe("")
    expect((await runFreshet(project, "status")).stderr).not.toContain(".done")
  }, declareAutomation(`onArrival({ everySeconds: 3600 })`)))

test("stale partitions are materialized, and a failure is not repeated", () =>
  withShop(
    async (project) => {
      expect((await runFreshet(project, "serve", "--once")).code).toBe(3)
      expect((await runFreshet(project, "serve", "--once")).code).toBe(0)
      expect(await readRuns(project)).toHaveLength(1)
      await project.declare(declareAutomation("whenStale()"))
      expectDone(await runFreshet(project, "serve", "--once"))
      expect((await readRuns(project)).map(({ outcome }) => outcome)).toEqual([
        "succeeded",
        "failed",
      ])
    },
    declareAutomation("whenStale()", declareShop({ maxOrders: 2 })),
  ))

/** Declares an asset that waits for the file `.go`, with a further option. One that is stubborn does not notice the end of its run. */
function declareSlow(
  isStubborn: boolean,
  option = "",
  automation = `schedule("0 6 * * *", { zone: "UTC" })`,
): string {
  const code = `
    const slow = codeAsset({
      ...common,
      name: "slow",
      description: "Waits for a file.",
      version: "1",
      columns: { n: int64("One.") },
      upstream: { items },
      ${option}
      async *compute(_upstream, { signal }) {
        const { existsSync } = await import("node:fs")
        while (!existsSync(process.env.FRESHET_LANDING + "/.go")) {
          if (${!isStubborn} && signal.aborted) throw new Error("stopped")
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
        yield { n: 1n }
      },
    })`
  const declarations = declareShop({ moreAssets: { code, names: "slow" } })
  return declareAutomation(automation, declarations)
}
const slowMorning = declareSlow(false)

test.each([
  ["SIGTERM", "user code that stops", 0, "interrupted"],
  ["SIGTERM", "user code that does not stop", 0, "interrupted"],
  ["SIGKILL", "user code", null, "killed"],
] as const)(
  "the tick of a server that ended by %s during %s is executed by the next one",
  (signal, code, exitCode, outcome) =>
    withShop(
      async (project) => {
        await makeDue(project)
        const server = startFreshet(project, "serve", "--port", "0")
        await server.waitForOutput("best 2026-01-04: materialized")
        server.kill(signal)
        expect((await server.result).code).toBe(exitCode)
        project.land(".go", "")
        const { stdout } = await runFreshet(project, "serve", "--once")
        expect(stdout).toContain("ended, succeeded")
        expect(await readRuns(project)).toEqual([
          expect.objectContaining({ outcome: "succeeded", materialized: 1 }),
          expect.objectContaining({ outcome }),
        ])
      },
      declareSlow(code === "user code that does not stop"),
    ),
)

/** Declares `slow` with an earlier schedule than that of the group. */
const slowBefore = declareSlow(false, `automation: schedule("0 5 * * *", { zone: "UTC" }),`)

/** Declares that arrivals are materialized, except by `slow`. */
const slowAlone = declareSlow(
  false,
  `automation: schedule("0 0 1 1 *", { zone: "UTC" }),`,
  "onArrival({ everySeconds: 1 })",
)

/** Sends a request of the page. */
async function sendRequest(url: string, target: object): Promise<void> {
  const response = await fetch(`${url}/api/requests`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-freshet-action": "1" },
    body: JSON.stringify({ target }),
  })
  expect(response.status).toBe(200)
}

test("the tick of a schedule does not wait for the run of another schedule", () =>
  withShop(async (project) => {
    await makeDue(project)
    await withServer(project, async ({ waitForOutput, readOutput }) => {
      await waitForOutput((output) => /group:shop: tick .* ended, succeeded/.test(output))
      expect(readOutput()).toMatch(/slow: tick .* started/)
      expect(readOutput()).not.toMatch(/slow: tick .* ended/)
      project.land(".go", "")
      await waitForOutput((output) => /slow: tick .* ended, succeeded/.test(output))
    })
  }, slowBefore))

test("a backfill that a visitor requested holds up neither a tick nor a request", () =>
  withShop(async (project) => {
    await withServer(project, async ({ url, waitForOutput }) => {
      const readRequests = async () => (await fetch(`${url}/api/requests`)).text()
      const waitForTicks = (count: number) =>
        waitForOutput((output) => output.split("ended, succeeded").length > count)
      await waitForTicks(1)
      const partitions = { from: shopDays[2], to: shopDays[3] }
      await sendRequest(url, { kind: "backfill", asset: "slow", partitions, downstream: false })
      await waitUntil(async () => (await readRequests()).includes('"steps":'))
      landOrders(project, "2026-01-05", 9)
      await waitForTicks(2)
      const selection = ["best"]
      const request = { kind: "materialize", selection, partitions: {}, publish: false }
      await sendRequest(url, request)
      await waitUntil(async () => (await readRequests()).includes('"state":"ended"'))
      expect(await readRequests()).toContain('"state":"running"')
      project.land(".go", "")
    })
  }, slowAlone))

interface RequestRow {
  readonly outcome: string | null
  readonly queued: boolean
}

/** Reads the requests in the order of their arrival. */
async function readRequests(project: DeclaredProject): Promise<readonly RequestRow[]> {
  const { rows } = await withLedgerClient(project, (client) =>
    client.query<RequestRow>(
      `select requests.outcome, runs.requested_at = requests.requested_at as queued
       from freshet.requests left join freshet.runs on runs.id = run order by requests.id`,
    ),
  )
  return rows
}

test.each([["worker"], ["ui", "--port", "0"], ["serve", "--once"]])(
  "the requests of a killed server are executed by `freshet %s`, also those that had not started",
  (...command) =>
    withShop(async (project) => {
      const server = startFreshet(project, "ui", "--port", "0")
      await server.waitForOutput("Freshet is at http")
      const [, url = ""] = /(http:\S+)\//.exec(server.readOutput()) ?? []
      for (const selection of [["slow"], ["best"]])
        await sendRequest(url, { kind: "materialize", selection, partitions: {}, publish: false })
      const isStarted = async () => (await readRuns(project))[0]?.materialized === 1
      await waitUntil(isStarted)
      server.kill("SIGKILL")
      await server.result
      project.land(".go", "")
      const other = startFreshet(project, ...command)
      const hasEnded = ({ outcome }: RequestRow) => outcome !== null
      await waitUntil(async () => (await readRequests(project)).every(hasEnded))
      if (!command.includes("--once")) other.kill("SIGTERM")
      await other.result
      const request = { outcome: "succeeded", queued: true }
      expect(await readRequests(project)).toEqual([request, request])
      expect((await readRuns(project)).map(({ outcome }) => outcome)).toEqual([
        "succeeded",
        "succeeded",
        "killed",
      ])
    }, slowMorning),
)

test("a run that a person cancels ends its tick", () =>
  withShop(async (project) => {
    await makeDue(project)
    await withServer(project, async ({ waitForOutput }) => {
      await waitForOutput("best 2026-01-04: materialized")
      const [run] = await readRuns(project)
      expectDone(await runFreshet(project, "runs", "cancel", run?.id ?? ""))
      await waitForOutput("ended, interrupted")
    })
    expect(await readTick(project)).toMatchObject({ state: "interrupted" })
  }, slowMorning))

test("a tick begins beside the run of a person, starts no step before its end, and SIGTERM ends the wait", () =>
  withShop(async (project) => {
    await makeDue(project)
    const person = startFreshet(project, "materialize", "slow")
    await person.waitForOutput("items 2026-01-04: materialized")
    await withServer(project, async ({ waitForOutput, url }) => {
      await waitForOutput("waiting for a run of a higher priority")
      await waitUntil(async () => (await fetch(`${url}/readyz`)).ok)
    })
    project.land(".go", "")
    expectDone(await person.result)
    const { stdout } = await runFreshet(project, "serve", "--once")
    expect(stdout).toContain("ended, succeeded")
  }, slowMorning))

test("a server reports its health and its metrics", () =>
  withShop(async (project) => {
    await makeDue(project)
    await withServer(project, async ({ url, waitForOutput }) => {
      await waitForOutput("ended, succeeded")
      expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" })
      await waitUntil(async () => (await fetch(`${url}/readyz`)).ok)
      const metrics = await (await fetch(`${url}/metrics`)).text()
      expect(metrics).toContain('freshet_ticks_total{schedule="group:shop",outcome="succeeded"} 1')
      expect(metrics).toContain('freshet_runs_total{outcome="succeeded"} 1')
      expect(metrics).toContain(
        'freshet_step_seconds_count{computation="items",outcome="materialized"} 3',
      )
      expect((await fetch(`${url}/api/unknown`)).status).toBe(404)
    })
  }, everyMorning))

test("a server serves the web page with the runs of its schedules", () =>
  withShop(async (project) => {
    await makeDue(project)
    await withServer(project, async ({ url, waitForOutput }) => {
      await waitForOutput("ended, succeeded")
      expect(await (await fetch(url)).text()).toContain('<div id="root">')
      const readRuns = async () => (await fetch(`${url}/api/runs`)).text()
      await waitUntil(async () => (await readRuns()).includes('"outcome":"succeeded"'))
    })
  }, everyMorning))

test("a server without its database works on, and is not ready", () =>
  withShop(async (project) => {
    const DATABASE_URL = "postgres://nobody@127.0.0.1:1/none"
    const place = { ...project, environment: { ...project.environment, DATABASE_URL } }
    await withServer(place, async ({ url, waitForOutput }) => {
      await waitForOutput("The scheduler tries again in")
      expect((await fetch(`${url}/healthz`)).status).toBe(200)
      const ready = await fetch(`${url}/readyz`)
      expect({ status: ready.status, body: await ready.json() }).toMatchObject({
        status: 503,
        body: { problem: expect.stringContaining("No connection to PostgreSQL at 127.0.0.1:1") },
      })
    })
  }, everyMorning))

test("a port in use is wrong usage", () =>
  withShop(async (project) => {
    await withServer(project, async ({ url }) => {
      const { code, stderr } = await runFreshet(project, "serve", "--port", new URL(url).port)
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining("HTTP cannot be served on 127.0.0.1:"),
      })
    })
  }, everyMorning))

const runIdPattern = /^\d{8}-\d{6}-[0-9a-f]{6}$/

test("the log is JSON lines on request", () =>
  withShop(async (project) => {
    await makeDue(project)
    const { stdout } = await runFreshet(project, "serve", "--once", "--log", "json")
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object)
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: "info",
        time: expect.stringMatching(/^2\d{3}-.*Z$/) as string,
        message: expect.stringMatching(/^group:shop: tick 2.*Z started$/) as string,
        kind: "tick_started",
        schedule: "group:shop",
      }),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({
        kind: "step_ended",
        run: expect.stringMatching(runIdPattern) as string,
        step: "items 2026-01-04",
        outcome: "materialized",
      }),
    )
  }, everyMorning))
