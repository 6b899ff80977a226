import type {
  AssetRange,
  Evaluation,
  FreshnessProof,
  Graph,
  MaterializationRecord,
  PartitionRange,
  Plan,
  Problem,
  ProvenEvaluation,
  ReadVersions,
  Removal,
  RunKind,
  StepOutcome,
} from "@freshet/core/engine"
import type {
  AssetStorage,
  CheckReport,
  CheckResultsRequest,
  DataDifference,
  ExpiredRecords,
  ExpiryOptions,
  FileBytesChange,
  FileRecord,
  Garbage,
  GarbageOptions,
  Orphans,
  Prediction,
  PublishedTable,
  QuarantinedLines,
  QuarantineRequest,
  QueuedWork,
  RecordExpiry,
  LiveWorker,
  RecordedAttempt,
  LandingZone,
  RunLedger,
  RunLockMode,
  RunProgress,
  SnapshotReading,
  Store,
  WorkEnd,
  Wipeable,
} from "@freshet/io"

import type { AssetPartitions } from "./asset-partitions.ts"
import type { Config } from "./config.ts"
import type { Runtime } from "./runtime.ts"
import type { StoredFiles } from "./stored-files.ts"

/** Decides how a project is opened. */
export interface OpenOptions {
  /** Holds the run lock while the project is open; absent for a service that only reads. */
  readonly lock?: LockOptions
  /** Chooses the engine behind `runtime()`; `query` unless given. */
  readonly engine?: "run" | "query" | "recompute"
  /** Limits the steps that run at once; the configured number unless given. */
  readonly concurrency?: number | undefined
  /** `exclude`, unless given: materializations of missing and damaged files do not count. `keep`: files are not looked up. */
  readonly lostFiles?: "exclude" | "keep"
}

/** Decides how the run lock is acquired. */
export interface LockOptions {
  /** `shared` for a run; `exclusive` for a service that removes records, while which no run is under way. */
  readonly mode: RunLockMode
  /** False: a lock that is not free is an error (exit 7) and nothing is waited for. */
  readonly wait: boolean
  /** True: `runs cancel` of another process aborts the project's signal. */
  readonly cancellable: boolean
}

/** The project at one moment: declarations, landed files, ledger, and their evaluation. */
export interface Project {
  readonly config: Config
  readonly graph: Graph
  readonly evaluation: Evaluation
  /** Problems that keep nothing from working, such as files in the landing zone that match no source. */
  readonly warnings: readonly Problem[]
  readonly nowMs: number
  readonly hash: (text: string) => string
  /** Builds the proof that the fresh partitions of `evaluation` are fresh. */
  readonly proof: () => FreshnessProof
  /** Reads the ledger again as it is now, and evaluates it. */
  readonly readEvaluation: () => Promise<ProvenEvaluation>
  /** Evaluates a project as if some materializations had not been recorded. The recorded inputs in `evaluation` remain. */
  readonly evaluateWithout: (
    project: Pick<Project, "evaluation" | "proof">,
    removals: readonly Removal[],
  ) => Promise<ProvenEvaluation>
  /** Evaluates a project as if the reads as landed of some partitions, by computation, were not pinned. */
  readonly evaluateUnpinned: (
    project: Pick<Project, "evaluation" | "proof">,
    partitions: ReadonlyMap<string, readonly PartitionRange[]>,
  ) => Promise<ProvenEvaluation>
  readonly store: Store
  readonly landingZone: LandingZone
  /** The files of materializations, which `store` provides only with their recorded bytes. */
  readonly files: StoredFiles
  /** The partitions whose files were found intact. */
  readonly intactPartitions: AssetPartitions
  /** The damage that `evaluation` excludes; a run wipes it from the ledger, apart from materializations with recorded inputs, which it invalidates. */
  readonly damage: Damage
  readonly ledger: ProjectLedger
  /** Records a run; present while the run lock is held. */
  readonly runLedger: RunRecorder | undefined
  /** Aborted with the services' signal, and when the run lock is lost or the run is cancelled. */
  readonly signal: AbortSignal
  /** Opens the engine on the first call; it is closed with the project. */
  readonly runtime: () => Runtime
}

/** The part of a run's ledger that a run writes. */
export type RunRecorder = Pick<
  RunLedger,
  "ledger" | "claimWork" | "joinRun" | "leaveRun" | "whileAlone"
>

/** The damaged files, and their materializations with those that read them. */
export interface Damage {
  readonly files: readonly string[]
  readonly materializations: readonly FileRecord[]
}

/** Reads the ledger of a project, and removes records from it. */
export interface ProjectLedger {
  /** Reads the ledger at one instant while `work` runs. */
  readonly withSnapshot: <T>(work: (reading: SnapshotReading) => Promise<T>) => Promise<T>
  /** Reads all retained materializations of these partitions, the newest of a partition last. */
  readonly readMaterializations: (
    ranges: readonly AssetRange[],
  ) => Promise<readonly MaterializationRecord[]>
  /** Reads the files of all retained materializations of these partitions, the newest of a partition last. */
  readonly readFileRecords: (ranges: readonly AssetRange[]) => Promise<readonly FileRecord[]>
  /** Reads the retained materializations that read the rows of these ones since they were recorded. */
  readonly readDirectReaders: (ids: readonly number[]) => Promise<readonly FileRecord[]>
  /** Records the bytes that files were found to have; needs no run lock. */
  readonly saveFileBytes: (changes: readonly FileBytesChange[]) => Promise<void>
  /** Makes the files of materializations damaged, also if their bytes are the recorded ones. */
  readonly invalidateFiles: (ids: readonly number[]) => Promise<void>
  /** Reads the input versions of materializations, by id. */
  readonly readInputVersions: (
    materializations: readonly number[],
  ) => Promise<ReadonlyMap<number, readonly ReadVersions[]>>
  /** Reads the latest results of the checks of some rows, and the files of rows that failed them. */
  readonly readCheckResults: (rows: CheckResultsRequest) => Promise<CheckReport | undefined>
  /** Counts the quarantined lines of each source. */
  readonly listQuarantinedLines: () => Promise<readonly QuarantinedLines[]>
  /** Lists the files that hold quarantined lines of one source. */
  readonly listQuarantineFiles: (request: QuarantineRequest) => Promise<readonly string[]>
  /** Predicts the cost of the next steps by computation; a computation without history is absent. */
  readonly readPredictions: (
    computations: readonly string[],
  ) => Promise<ReadonlyMap<string, Prediction>>
  readonly listRuns: (limit: number) => Promise<readonly RunRow[]>
  /** Finds the run whose id begins with a text; undefined for none and for more than one. */
  readonly findRun: (id: string) => Promise<RunDetail | undefined>
  /** Reads the progress of a run; undefined without such a run. */
  readonly readRunProgress: (run: string) => Promise<RunProgress | undefined>
  /** Assigns a run to queued work that it has claimed; false when the work has ended. */
  readonly beginWork: (work: QueuedWork, run: string) => Promise<boolean>
  readonly endWork: (work: QueuedWork, end: WorkEnd) => Promise<void>
  /** Reads the identity of the ledger, under which it claims a lake. */
  readonly readId: () => Promise<string>
  /** Counts the records of some partitions that `wipe` would remove. */
  readonly findWipeable: (ranges: readonly AssetRange[]) => Promise<Wipeable>
  /** Lists the partitions of other assets whose retained materializations read these partitions. */
  readonly findReaders: (ranges: readonly AssetRange[]) => Promise<AssetPartitions>
  readonly wipePartitions: (ranges: readonly AssetRange[]) => Promise<void>
  /** Measures the files of materializations by asset. */
  readonly readStorage: () => Promise<readonly AssetStorage[]>
  readonly readPublishedTables: () => Promise<readonly PublishedTable[]>
  /** Reads the processes that execute runs, the oldest first. */
  readonly readWorkers: () => Promise<readonly LiveWorker[]>
  /** Reads the assets that are no longer declared and the tables that are no longer published. */
  readonly readOrphans: () => Promise<Orphans>
  /** Drops tables and their publication records. */
  readonly dropPublishedTables: (tables: readonly string[]) => Promise<void>
  /** Lists the materializations whose retention has expired. */
  readonly findGarbage: (options: GarbageOptions) => Promise<readonly Garbage[]>
  /** Deletes the expired records that nothing needs, or counts them. */
  readonly expireRecords: (expiry: RecordExpiry, options: ExpiryOptions) => Promise<ExpiredRecords>
  /** Finds the partitions with other rows than in the default environment. */
  readonly findDataDifferences: () => Promise<readonly DataDifference[]>
  /** Makes materializations of another environment's ledger the newest of their partitions; needs the run lock alone. */
  readonly promoteMaterializations: (environment: string, ids: readonly number[]) => Promise<void>
  readonly wipeMaterializations: (ids: readonly number[]) => Promise<void>
  /** Clears the content of publications that show the rows of some files, so that the rows are written again. */
  readonly clearPublishedContent: (files: readonly string[]) => Promise<void>
  /** Lists the files that the ledger references, except those of the excluded materializations. */
  readonly listReferencedFiles: (
    options: GarbageOptions,
    excludedIds: readonly number[],
  ) => AsyncIterable<string>
}

/** One run in a list. */
export interface RunRow {
  readonly id: string
  readonly command: string
  readonly kind: RunKind
  readonly outcome: "running" | "succeeded" | "failed" | "interrupted" | "killed"
  readonly requestedMs: number | undefined
  readonly startedMs: number
  readonly endedMs: number | undefined
  /** Time at which another process asked the run to stop. */
  readonly cancelRequestedMs: number | undefined
  readonly steps: number
  readonly materialized: number
  /** The number of ended steps that needed no new rows: their inputs did not change, or they only ran checks. */
  readonly unchanged: number
  readonly failed: number
}

/** One run with its planned partitions, its steps and its publications. */
export interface RunDetail extends RunRow {
  readonly progress: RunProgress
  readonly stepRows: readonly StepRow[]
  /** The failed attempts that were repeated, in the order of their ends. */
  readonly attempts: readonly RecordedAttempt[]
  readonly publications: readonly {
    readonly set: string
    readonly partitionKey: string
    readonly inserted: number
    readonly updated: number
    readonly deleted: number
  }[]
}

/** One step of a run in the ledger. */
export interface StepRow {
  readonly computation: string
  /** Undefined when its key is no longer declared. */
  readonly partition: number | undefined
  readonly outcome: StepOutcome["kind"]
  readonly message: string | undefined
  readonly rows: number
  readonly startedMs: number
  readonly ms: number
}

/** A plan, and the project without the materializations whose files are missing. */
export interface ProjectPlan {
  readonly project: Project
  readonly plan: Plan
}
