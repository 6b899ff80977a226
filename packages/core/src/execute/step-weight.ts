import type { AnyAsset } from "../declare/asset.ts"
import { readRanges } from "../plan/inputs.ts"
import type { Step } from "../plan/plan.ts"
import { type RunState, rowsIn } from "./run-state.ts"

/** From this many bytes of Parquet on, the engine has work for all its threads. */
const heavyBytes = 8_000_000

/** Bytes of landed text that parse about as long as one byte of Parquet. */
const textPerParquet = 4

/** Whether a step whose records are loaded reads so much that running another beside it gains nothing, and takes more memory. */
export function isHeavy(state: RunState, step: Step): boolean {
  const computation = step.kind === "check" ? step.asset.computation : step.computation
  let bytes = 0
  for (const { asset, range } of readRanges(state.evaluation, computation, step.partition))
    for (let index = range?.from ?? 1; index <= (range?.to ?? 0); index += 1)
      bytes += bytesOf(state, asset, index)
  return bytes > heavyBytes
}

function bytesOf(state: RunState, asset: AnyAsset, index: number): number {
  if (asset.kind === "asset") return rowsIn(state, asset.name, index)?.bytes ?? 0
  const files = state.evaluation.landing.get(asset.name)?.get(index)?.files ?? []
  return files.reduce((sum, file) => sum + file.bytes, 0) / textPerParquet
}
