import {
  type Computation,
  countPartitions,
  type ExplainedGroup,
  type PartitionRange,
} from "@freshet/core/engine"
import type { Prediction } from "@freshet/io"

/** The predicted cost of work, from the latest steps of the same computations. */
export interface Cost {
  readonly rows: number
  readonly bytes: number
  /** The sum over all steps, as if they ran one after the other. */
  readonly ms: number
  /** The same for steps as slow as the slowest tenth. */
  readonly msP90: number
}

/** Planned work with its cost; undefined for a computation without history. */
export interface CostedGroup extends ExplainedGroup {
  readonly cost: Cost | undefined
}

/** The predicted cost of a plan. */
export interface PlanCost {
  /** Undefined when no computation of the plan has a history. */
  readonly estimate: Cost | undefined
  /** Computations without history. */
  readonly withoutHistory: readonly string[]
}

/** Estimates the cost of some partitions; undefined without a history. */
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

/** Sums up the costs of planned work. */
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
