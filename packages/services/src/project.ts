import type {
  AssetRange,
  Evaluation,
  Graph,
  LedgerSnapshot,
  MaterializationRecord,
  Plan,
  Problem,
  ReadVersions,
  RunEvent,
  RunResult,
} from "@freshet/core/engine"
import type {
  CheckReport,
  CheckResultsRequest,
  Prediction,
  QuarantinedLines,
  QuarantineRequest,
  RunProgress,
  Store,
} from "@freshet/io"

import type { Config } from "./config.ts"
import type { RunLockRequest } from "./run-lock.ts"

/** The project at one moment: what is declared, what has landed, what the ledger knows, and the judgement on it. */
export interface Project {
  readonly config: Config
  readonly graph: Graph
  readonly evaluation: Evaluation
  /** What is odd but keeps nothing from working: files in the landing zone that no source means, say. */
  readonly warnings: readonly Problem[]
  readonly nowMs: number
  readonly hash: (text: string) => string
  /** The judgement if the ledger said this. */
  readonly evaluate: (snapshot: LedgerSnapshot) => Evaluation
  /** All that is kept of these partitions, the newest of a partition last. */
  readonly readMaterializations: (
    ranges: readonly AssetRange[],
  ) => Promise<readonly MaterializationRecord[]>
  /** Looks up the stored files. */
  readonly store: Pick<Store, "exists" | "locate">
  /** What given materializations read, for naming the inputs that changed since. */
  readonly readInputVersions: (
    materializations: readonly number[],
  ) => Promise<ReadonlyMap<number, readonly ReadVersions[]>>
  readonly runHistory: RunHistory
}

/** What the ledger remembers of runs. */
export interface RunHistory {
  /** The newest results of the checks of some rows, and where the rows lie that were refused. */
  readonly readCheckResults: (rows: CheckResultsRequest) => Promise<CheckReport | undefined>
  /** Lines that are set aside now, by source. */
  readonly listQuarantinedLines: () => Promise<readonly QuarantinedLines[]>
  /** Where the lines lie that are set aside of one source. */
  readonly listQuarantineFiles: (request: QuarantineRequest) => Promise<readonly string[]>
  /** Computation → what its next steps will take; one that never made anything is not in it. */
  readonly readPredictions: (
    computations: readonly string[],
  ) => Promise<ReadonlyMap<string, Prediction>>
  readonly listRuns: (limit: number) => Promise<readonly RunRow[]>
  /** The run whose id starts like this; undefined when there is none, or more than one. */
  readonly findRun: (id: string) => Promise<RunDetail | undefined>
}

/** One run in a list. */
export interface RunRow {
  readonly id: string
  readonly command: string
  readonly outcome: "running" | "succeeded" | "failed" | "interrupted" | "killed"
  readonly startedMs: number
  readonly endedMs: number | undefined
  /** When another process asked it to stop. */
  readonly cancelRequestedMs: number | undefined
  readonly steps: number
  readonly materialized: number
  readonly failed: number
}

/** One run with what it set out to do, its steps and its publications. */
export interface RunDetail extends RunRow {
  readonly progress: RunProgress
  readonly stepRows: readonly StepRow[]
  readonly publications: readonly {
    readonly set: string
    readonly partitionKey: string
    readonly inserted: number
    readonly updated: number
    readonly deleted: number
  }[]
}

/** One step of a run as the ledger has it. */
export interface StepRow {
  readonly computation: string
  /** Undefined where its key is not declared any more. */
  readonly partition: number | undefined
  readonly outcome: string
  readonly message: string | undefined
  readonly rows: number
  readonly ms: number
}

/** A plan, and the project as it is without the materializations whose files are gone. */
export interface ProjectPlan {
  readonly project: Project
  readonly plan: Plan
}

/** What a run may be told besides its plan. */
export interface RunPlanRequest extends Required<RunLockRequest> {
  /** The command as a person would type it; the run is remembered under it. */
  readonly command: string
  readonly emitEvent: (event: RunEvent) => void
  /** Whether somebody watches how far each step is. */
  readonly reportsProgress: boolean
  readonly failFast: boolean
  /** Makes the plan from the state that is true once the right to run is held; called again when files turn out to be gone. */
  readonly makePlan: (project: Project) => Plan
  /** Is told what will be done, before anything is; what it throws keeps it from being done. */
  readonly onPlan: (projectPlan: ProjectPlan) => void
}

/** What came of `runPlan`: nothing to do, or the plan that was performed. */
export type RunReport = NothingToDo | ExecutedRun

/** An empty plan. */
export interface NothingToDo extends ProjectPlan {
  readonly kind: "nothing"
}

/** A plan that was performed, with its result. */
export interface ExecutedRun extends ProjectPlan {
  readonly kind: "ran"
  readonly result: RunResult
}
