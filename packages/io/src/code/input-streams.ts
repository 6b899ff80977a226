import type { RecordBatch } from "apache-arrow"

import type { CodeProcess } from "./code-process.ts"

/** Opens the rows of an input by its name in the code. */
export type OpenInput = (upstream: string) => AsyncIterable<RecordBatch>

/** The inputs that the code of a process reads. */
export interface InputStreams {
  /** Sends the next batch of a stream. */
  readonly sendNext: (stream: number, upstream: string) => Promise<void>
  readonly stop: (stream: number) => void
  /** Returns the first error of a read. */
  readonly getError: () => unknown
  readonly close: () => Promise<void>
}

/** Reads inputs batch by batch, as the process requests them. */
export function openInputStreams(child: CodeProcess, openInput: OpenInput): InputStreams {
  const streams = new Map<number, AsyncIterator<RecordBatch>>()
  let error: unknown
  const getStream = (stream: number, upstream: string) => {
    const batches = streams.get(stream) ?? openInput(upstream)[Symbol.asyncIterator]()
    streams.set(stream, batches)
    return batches
  }
  const close = async (stream: number) => {
    const batches = streams.get(stream)
    streams.delete(stream)
    await batches?.return?.()
  }
  return {
    sendNext: async (stream, upstream) => {
      try {
        const next = await getStream(stream, upstream).next()
        const bytes = next.done === true ? undefined : await encodeBatch(next.value)
        child.post({ kind: "batch", stream, bytes })
      } catch (cause) {
        error ??= cause
        child.post({ kind: "read_failed", stream, message: String(cause) })
      }
    },
    stop: (stream) => void close(stream).catch(() => {}), // the rows were read
    getError: () => error,
    close: async () => {
      await Promise.allSettled([...streams.keys()].map(close))
    },
  }
}

/** Encodes a record batch as an Arrow IPC stream. */
async function encodeBatch(batch: RecordBatch): Promise<Uint8Array> {
  const { RecordBatchStreamWriter } = await import("apache-arrow")
  return RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true)
}
