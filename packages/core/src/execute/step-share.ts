import { listReadRanges } from "../evaluate/inputs.ts"
import type { Step } from "../plan/plan.ts"
import { type RunState, findRows } from "./run-state.ts"

/** From this many bytes of Parquet on, the engine has work for all its threads. */
const heavyBytes = 8_000_000

/** Bytes of landed text that parse about as long as one byte of Parquet. */
const textBytesPerParquetByte = 4

/** Two files of landed text up to this size are held at once without much memory. */
const maxPairedTextBytes = 256_000_000

/**
 * The share of the machine that a step takes whose records are loaded; those under way take 1 at most. One that reads
 * much takes all of it: running another beside it gains nothing, and takes more memory. Of those that read landed text
 * two are better than one, since only a part of the reading has work for several threads.
 */
export function estimateShare(state: RunState, step: Step): number {
  const { stored, landed } = countBytesRead(state, step)
  if (stored + landed / textBytesPerParquetByte <= heavyBytes) return 1 / 16
  return stored <= heavyBytes && landed <= maxPairedTextBytes ? 1 / 2 : 1
}

function countBytesRead(state: RunState, step: Step): { stored: number; landed: number } {
  const computation = step.kind === "check" ? step.asset.computation : step.computation
  const bytes = { stored: 0, landed: 0 }
  for (const { asset, range } of listReadRanges(state.evaluation, computation, step.partition))
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1)
      if (asset.kind === "asset") bytes.stored += findRows(state, asset.name, index)?.bytes ?? 0
      else bytes.landed += countLandedBytes(state, asset.name, index)
  return bytes
}

function countLandedBytes(state: RunState, source: string, index: number): number {
  const files = state.evaluation.landing.get(source)?.get(index)?.files ?? []
  return files.reduce((sum, file) => sum + file.bytes, 0)
}
