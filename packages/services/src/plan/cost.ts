import { type Computation, countPartitions, type PartitionRange } from "@freshet/core/engine"
import type { Prediction } from "@freshet/io"

/** What work will take, going by the newest steps of the same computations. */
export interface Cost {
  readonly rows: number
  readonly bytes: number
  /** Time of work: what is done at once counts as if it were done one after the other. */
  readonly ms: number
  /** The same if every step is as slow as the slowest tenth of the steps before it. */
  readonly msP90: number
}

/** What a plan will take, as far as anything is known of it. */
export interface PlanCost {
  /** Undefined when nothing in it was ever made. */
  readonly estimate: Cost | undefined
  /** Computations that never made anything. */
  readonly withoutHistory: readonly string[]
}

/** What making some partitions will take; undefined where nothing was made yet. */
export function estimateCost(
  prediction: Prediction | undefined,
  ranges: readonly PartitionRange[],
): Cost | undefined {
  if (prediction === undefined) return undefined
  const partitions = countPartitions(ranges)
  const { rows, bytes, milliseconds } = prediction
  return {
    rows: Math.round(partitions * rows.median),
    bytes: Math.round(partitions * bytes.median),
    ms: Math.round(partitions * milliseconds.median),
    msP90: Math.round(partitions * milliseconds.p90),
  }
}

/** What all of it will take together. */
export function sumCosts(
  work: readonly {
    readonly computation: Pick<Computation, "name">
    readonly cost: Cost | undefined
  }[],
): PlanCost {
  const costs = work.flatMap(({ cost }) => cost ?? [])
  const withoutHistory = work.flatMap(({ computation, cost }) =>
    cost === undefined ? [computation.name] : [],
  )
  return {
    estimate: costs.length === 0 ? undefined : costs.reduce(addCosts),
    withoutHistory: [...new Set(withoutHistory)],
  }
}

function addCosts(first: Cost, second: Cost): Cost {
  return {
    rows: first.rows + second.rows,
    bytes: first.bytes + second.bytes,
    ms: first.ms + second.ms,
    msP90: first.msP90 + second.msP90,
  }
}
