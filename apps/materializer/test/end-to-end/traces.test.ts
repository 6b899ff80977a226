import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"

import { expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { declareFetched, shopDays, withShop } from "./shop.ts"
import { withEnvironment } from "./test-project.ts"

/** A span as OTLP writes it in JSON. */
interface SentSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: object }[]
  readonly status: { readonly code: number; readonly message?: string }
}

interface SentTraces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[]
  }[]
}

/** Runs `work` with the URL of a receiver of traces, and returns the spans that it received. */
async function receiveSpans(work: (url: string) => Promise<void>): Promise<readonly SentSpan[]> {
  const received: SentSpan[] = []
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    expect(request.url).toBe("/v1/traces")
    const { resourceSpans } = (await json(request)) as SentTraces // the protocol's form
    received.push(
      ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    )
    response.end("{}")
  }
  const server = createServer((request, response) => void receive(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.close()
  }
  return received
}

test("a run is a trace of its steps, with their outcomes and failures", () =>
  withShop(
    async (project) => {
      const spans = await receiveSpans(async (url) => {
        const place = withEnvironment(project, { OTEL_EXPORTER_OTLP_ENDPOINT: url })
        const { code } = await runFreshet(place, "materialize", "fetched", "--date", shopDays[0])
        expect(code).toBe(3)
      })
      const run = spans.find(({ name }) => name === "freshet run")
      expect(run).toMatchObject({ status: { code: 2 } })
      expect(run?.parentSpanId ?? "").toBe("")
      const steps = spans.filter((span) => span !== run)
      expect(steps.map(({ name }) => name).toSorted()).toEqual([
        `fetched ${shopDays[0]}`,
        `items ${shopDays[0]}`,
      ])
      for (const step of steps) {
        expect(step).toMatchObject({ traceId: run?.traceId, parentSpanId: run?.spanId })
        expect(BigInt(step.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(step.startTimeUnixNano))
      }
      const [fetched, items] = steps.toSorted((a, b) => (a.name < b.name ? -1 : 1))
      expect(fetched?.status.message).toContain("no answer")
      expect(items?.attributes).toContainEqual({
        key: "freshet.outcome",
        value: { stringValue: "materialized" },
      })
    },
    declareFetched("", `throw new Error("no answer")`),
  ))

test("a run succeeds when nothing receives its trace", () =>
  withShop(async (project) => {
    const place = withEnvironment(project, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" })
    expectDone(await runFreshet(place, "materialize", "best"))
  }))
