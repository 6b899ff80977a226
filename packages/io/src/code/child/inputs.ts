import type { Batch, Columns, Rows } from "@freshet/core"
import type { CodeComputation } from "@freshet/core/engine"

import { iterateRows, toBatch } from "../../arrow/batch.ts"
import type { ProcessRequest, ProcessResponse } from "../messages.ts"

type BatchResponse = Extract<ProcessRequest, { kind: "batch" | "read_failed" }>

/** The inputs of code, whose rows the main process reads. */
export interface CodeInputs {
  /** The rows of each read by its name in the code. */
  readonly rows: Readonly<Record<string, Rows>>
  readonly receive: (response: BatchResponse) => void
}

/** Creates the inputs of code. `columns` are those of a read without an asset: the code reads its own asset. */
export function createInputs(
  { upstream }: CodeComputation,
  columns: Columns,
  post: (response: ProcessResponse) => void,
): CodeInputs {
  const receivers = new Map<number, (response: BatchResponse) => void>()
  let streams = 0
  const requestBatch = (stream: number, name: string) =>
    new Promise<BatchResponse>((resolve) => {
      receivers.set(stream, resolve)
      post({ kind: "read", stream, upstream: name })
    })
  const rows = Object.entries(upstream).map(([name, { asset }]) => {
    const batchColumns = asset?.columns ?? columns
    const batches = () => {
      streams += 1
      return iterateBatches(streams, batchColumns, (stream) => requestBatch(stream, name), post)
    }
    return [name, createRows(batches)] as const
  })
  return {
    rows: Object.fromEntries(rows),
    receive: (response) => receivers.get(response.stream)?.(response),
  }
}

function createRows(batches: () => AsyncIterable<Batch>): Rows {
  return {
    batches,
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* iterateRows(batch)
    },
  }
}

async function* iterateBatches(
  stream: number,
  columns: Columns,
  requestBatch: (stream: number) => Promise<BatchResponse>,
  post: (response: ProcessResponse) => void,
): AsyncGenerator<Batch> {
  const { tableFromIPC } = await import("apache-arrow")
  try {
    for (;;) {
      const response = await requestBatch(stream)
      if (response.kind === "read_failed") throw new Error(response.message)
      if (response.bytes === undefined) return
      for (const batch of tableFromIPC(response.bytes).batches) yield toBatch(columns, batch)
    }
  } finally {
    post({ kind: "stop_read", stream })
  }
}
