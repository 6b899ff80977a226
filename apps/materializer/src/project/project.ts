import type {
  AssetRange,
  Evaluation,
  Graph,
  Plan,
  Problem,
  ReadVersions,
  Recorded,
  RunEvent,
  RunResult,
  Snapshot,
} from "@freshet/core"
import type {
  CheckedRequest,
  CheckedRows,
  Prediction,
  QuarantinedLines,
  QuarantineRequest,
  RunProgress,
} from "@freshet/io"

import type { Config } from "../config.ts"
import type { RightRequest } from "./right-to-run.ts"

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
  readonly judge: (snapshot: Snapshot) => Evaluation
  /** All that is kept of these partitions, the newest of a partition last. */
  readonly recorded: (wanted: readonly AssetRange[]) => Promise<readonly Recorded[]>
  /** Whether a file of the lake is there. */
  readonly isStored: (file: string) => Promise<boolean>
  /** What given materializations read, for naming the inputs that changed since. */
  readonly readVersions: (
    materializations: readonly number[],
  ) => Promise<ReadonlyMap<number, readonly ReadVersions[]>>
  readonly history: History
}

/** What the ledger remembers of runs. */
export interface History {
  /** The newest results of the checks of some rows, and where the rows lie that were refused. */
  readonly checked: (rows: CheckedRequest) => Promise<CheckedRows | undefined>
  /** Lines that are set aside now, by source. */
  readonly quarantined: () => Promise<readonly QuarantinedLines[]>
  /** Where the lines lie that are set aside of one source. */
  readonly quarantineFiles: (wanted: QuarantineRequest) => Promise<readonly string[]>
  /** Computation → what its next steps will take; one that never made anything is not in it. */
  readonly predictions: (
    computations: readonly string[],
  ) => Promise<ReadonlyMap<string, Prediction>>
  readonly runs: (limit: number) => Promise<readonly RunRow[]>
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
  readonly made: number
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
export interface Planned {
  readonly project: Project
  readonly plan: Plan
}

/** What a run may be told besides its plan. */
export interface RunRequest extends Required<RightRequest> {
  /** The command as a person would type it; the run is remembered under it. */
  readonly command: string
  readonly emit: (event: RunEvent) => void
  /** Whether somebody watches how far each step is. */
  readonly progress: boolean
  readonly failFast: boolean
  /** Makes the plan from the state that is true once the right to run is held; called again when files turn out to be gone. */
  readonly plan: (project: Project) => Plan
  /** Is told what will be done, before anything is; what it throws keeps it from being done. */
  readonly onPlan: (planned: Planned) => void
}

/** What came of `runPlan`: nothing to do, or the plan that was performed. */
export type RunReport = NothingToDo | Ran

/** An empty plan. */
export interface NothingToDo extends Planned {
  readonly kind: "nothing"
}

/** A plan that was performed, with its result. */
export interface Ran extends Planned {
  readonly kind: "ran"
  readonly result: RunResult
}
