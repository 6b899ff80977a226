import { createHash } from "node:crypto"

import { ROOT_CONTEXT, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api"
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http"
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources"
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base"

import type { RunSpan } from "./run-span.ts"

/** Sends spans to a receiver. Spans that cannot be delivered are lost. */
export interface SpanExporter {
  readonly add: (span: RunSpan) => void
  /** Sends the spans that wait. */
  readonly close: () => Promise<void>
}

const timeoutMs = 5_000

/**
 * Creates an exporter to the base URL of an OTLP/HTTP receiver. The ids of traces and spans are derived from those of runs
 * and steps, so that the steps which several processes execute for a run are in one trace.
 */
export function createSpanExporter(url: string): SpanExporter {
  const ids = { trace: "", span: "" }
  const exporter = new OTLPTraceExporter({
    url: `${url.replace(/\/$/, "")}/v1/traces`,
    timeoutMillis: timeoutMs,
  })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "freshet" }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    idGenerator: { generateTraceId: () => ids.trace, generateSpanId: () => ids.span },
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer("freshet")
  return {
    add: ({ run, kind, name, startMs, endMs, attributes, error }) => {
      ids.trace = hashId(run, 32)
      ids.span = kind === "run" ? getRunSpanId(run) : hashId(`${run} ${kind} ${name}`, 16)
      const span = tracer.startSpan(
        name,
        { startTime: startMs, attributes },
        kind === "run" ? ROOT_CONTEXT : createRunContext(run),
      )
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error })
      span.end(endMs)
    },
    close: () => provider.shutdown().catch(() => {}), // the spans are lost
  }
}

function createRunContext(run: string) {
  const [traceId, spanId] = [hashId(run, 32), getRunSpanId(run)]
  const parent = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
  return trace.setSpanContext(ROOT_CONTEXT, parent)
}

function getRunSpanId(run: string): string {
  return hashId(`${run} run`, 16)
}

/** Hashes a text to hexadecimal digits. */
function hashId(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits)
}
