import type { ArrivedPartitions, RunKind, SavedPlan } from "@freshet/core/engine"

import type { OnlyState } from "../plan/only-state.ts"
import type { PartitionArguments } from "../plan/partition-arguments.ts"

/** A request to run something, as data: the command line, a schedule and HTTP send the same. */
export interface RunRequest {
  /** The command under which the run is recorded. */
  readonly command: string
  readonly target: RunTarget
}

/** Selects the partitions of a run. */
export type RunTarget =
  | MaterializeTarget
  | BackfillTarget
  | RetryTarget
  | SavedPlanTarget
  | TickTarget
  | PublishTarget

/** Stale partitions of the selected assets: the newest ones unless partitions are named. */
export interface MaterializeTarget {
  readonly kind: "materialize"
  readonly selection: readonly string[]
  readonly partitions: PartitionArguments
  readonly only?: OnlyState | undefined
  readonly publish: boolean
  /** True: reads as landed of these partitions read the files that are landed now, and are pinned to them. */
  readonly repin?: boolean | undefined
}

/** The publication sets of the selected assets, with the rows that are stored and ready: nothing is materialized. */
export interface PublishTarget {
  readonly kind: "publish"
  readonly selection: readonly string[]
}

/** Named partitions of one asset. */
export interface BackfillTarget {
  readonly kind: "backfill"
  readonly asset: string
  readonly partitions: PartitionArguments
  readonly only?: OnlyState | undefined
  /** Adds the partitions downstream that are stale or become stale. */
  readonly downstream: boolean
  /** True: reads as landed of these partitions read the files that are landed now, and are pinned to them. */
  readonly repin?: boolean | undefined
}

/** The unfinished partitions of a run. */
export interface RetryTarget {
  readonly kind: "retry"
  readonly run: string
  /** The kind of the run. */
  readonly runKind: RunKind
  readonly publish: boolean
}

/** Exactly the partitions of a saved plan. */
export interface SavedPlanTarget {
  readonly kind: "saved_plan"
  readonly plan: SavedPlan
}

/** The partitions of a schedule's tick: those that arrived, or the newest at the instant of the tick. */
export interface TickTarget {
  readonly kind: "tick"
  readonly assets: readonly string[]
  readonly tickMs: number
  readonly arrived: ArrivedPartitions | undefined
}

/** Returns the kind of a run, which is its priority. A run over a range of partitions is a backfill. */
export function getRunKind(target: RunTarget): RunKind {
  switch (target.kind) {
    case "tick":
      return "schedule"
    case "backfill":
      return "backfill"
    case "retry":
      return target.runKind
    case "materialize": {
      const { from, to } = target.partitions
      return from === undefined && to === undefined ? "interactive" : "backfill"
    }
    case "saved_plan":
      return target.plan.targets.some(({ from, to }) => from !== to) ? "backfill" : "interactive"
    case "publish":
      return "interactive"
  }
}
