import { listStepRanges } from "../evaluate/inputs.ts"
import { type Step, getComputation } from "../plan/plan.ts"
import { type RunState, findRows } from "./run-state.ts"

/** The number of bytes of Parquet from which on the engine uses all its threads. */
const heavyBytes = 8_000_000

/** The number of bytes of landed text that take as long to parse as one byte of Parquet. */
const textBytesPerParquetByte = 4

/** The size of landed text up to which two steps may read at the same time within the memory limit. */
const maxPairedTextBytes = 256_000_000

/**
 * Estimates the share of the machine that a step uses; running steps use at most 1 together. The step's records must be
 * loaded. A step with a large input uses the whole machine: a second one beside it would only take more memory. Two
 * steps may read landed text at the same time, since parsing does not use all threads.
 */
export function estimateShare(state: RunState, step: Step): number {
  const { stored, landed } = countBytesRead(state, step)
  if (stored + landed / textBytesPerParquetByte <= heavyBytes) return 1 / 16
  return stored <= heavyBytes && landed <= maxPairedTextBytes ? 1 / 2 : 1
}

function countBytesRead(state: RunState, step: Step): { stored: number; landed: number } {
  const computation = getComputation(step)
  const bytes = { stored: 0, landed: 0 }
  for (const { asset, range } of listStepRanges(state.evaluation, computation, step.partition))
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1)
      if (asset.kind === "asset") bytes.stored += findRows(state, asset.name, index)?.bytes ?? 0
      else bytes.landed += countLandedBytes(state, asset.name, index)
  return bytes
}

function countLandedBytes(state: RunState, source: string, index: number): number {
  const files = state.evaluation.landing.get(source)?.get(index)?.files ?? []
  return files.reduce((sum, file) => sum + file.bytes, 0)
}
