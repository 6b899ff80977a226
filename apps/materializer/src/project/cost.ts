import { type Computation, type PartitionRange, partitionCount } from "@freshet/core"
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
  readonly known: Cost | undefined
  /** Computations that never made anything. */
  readonly unknown: readonly string[]
}

/** What making some partitions will take; undefined where nothing was made yet. */
export function costOf(
  prediction: Prediction | undefined,
  ranges: readonly PartitionRange[],
): Cost | undefined {
  if (prediction === undefined) return undefined
  const many = partitionCount(ranges)
  const { rows, bytes, milliseconds } = prediction
  return {
    rows: Math.round(many * rows.median),
    bytes: Math.round(many * bytes.median),
    ms: Math.round(many * milliseconds.median),
    msP90: Math.round(many * milliseconds.p90),
  }
}

/** What all of it will take together. */
export function totalCost(
  work: readonly {
    readonly computation: Pick<Computation, "name">
    readonly cost: Cost | undefined
  }[],
): PlanCost {
  const known = work.flatMap(({ cost }) => cost ?? [])
  const unknown = work.flatMap(({ computation, cost }) =>
    cost === undefined ? [computation.name] : [],
  )
  return {
    known: known.length === 0 ? undefined : known.reduce(added),
    unknown: [...new Set(unknown)],
  }
}

function added(left: Cost, right: Cost): Cost {
  return {
    rows: left.rows + right.rows,
    bytes: left.bytes + right.bytes,
    ms: left.ms + right.ms,
    msP90: left.msP90 + right.msP90,
  }
}
