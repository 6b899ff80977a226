import type { Columns } from "./declare/column.ts"
import type { Asset, Computation, Check, Severity, SourceAsset } from "./declare/declaration.ts"
import type { PartitionRange, PartitionText } from "./declare/partition.ts"
import type { LandedFile } from "./evaluate/landing.ts"
import type { FileBytes, MaterializationRecord } from "./evaluate/ledger-snapshot.ts"
import type { RunKind } from "./execute/run-kind.ts"
import type { Publisher, TableChange } from "./publisher.ts"

/** A relation of a query: Parquet files of the store or files of the landing zone; without files it has no rows. */
export type Relation =
  | {
      readonly kind: "stored"
      readonly name: string
      readonly columns: Columns
      /** Keys of the store, oldest partition first. */
      readonly files: readonly string[]
    }
  | {
      readonly kind: "landed"
      readonly name: string
      readonly source: SourceAsset
      /** Partition key and files, oldest first. */
      readonly partitions: readonly {
        readonly key: string
        readonly files: readonly LandedFile[]
      }[]
    }

/** The engine's input to compute one partition of a computation. */
export interface ComputeRequest {
  readonly computation: Computation
  readonly outputs: readonly Asset[]
  readonly partition: PartitionText
  /** The partition's key as one segment of a store path. */
  readonly folder: string
  readonly inputVersion: string
  /** One per read of the computation and of its outputs' checks; their names are unique. */
  readonly relations: readonly Relation[]
}

/** The result of one check on one partition, with a sample of the failed rows. */
export interface CheckResult {
  readonly asset: string
  readonly name: string
  readonly severity: Severity
  readonly passed: boolean
  readonly failures: number
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}

/** One output that is durable in the store. */
export interface MaterializedOutput extends FileBytes {
  readonly asset: string
  readonly dataVersion: string
  /** Key in the store. */
  readonly file: string
  readonly rows: number
  readonly bytes: number
}

/** The number of lines that were read from a source: `lines` = `rows` + `quarantined`, without blank lines. */
export interface LineCount {
  readonly source: string
  readonly lines: number
  readonly rows: number
  readonly quarantined: number
  readonly reasons: readonly { readonly reason: string; readonly lines: number }[]
  /** Store key of the JSON lines file of quarantined lines; undefined when there are none. */
  readonly file: string | undefined
}

/** The result of a computation: durable outputs, or failed error checks, whose rows are stored for inspection in `failedFiles`. */
export type ComputeResult = {
  readonly checks: readonly CheckResult[]
  readonly lineCounts: readonly LineCount[]
} & (
  | { readonly kind: "materialized"; readonly outputs: readonly MaterializedOutput[] }
  | { readonly kind: "checks_failed"; readonly failedFiles: readonly string[] }
)

/** A line that the code of an asset printed. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly text: string
  /** The time at which it was printed. */
  readonly atMs: number
}

/** A line on its way to the log of a step. */
export interface LogMessage extends Pick<LogLine, "level" | "text"> {
  /** The time at which it was printed; by default that of its arrival. */
  readonly atMs?: number
  /** The number of lines before it that its process omitted. */
  readonly omittedBefore?: number
}

/** Messages of one attempt at a step. */
export interface LogRecord {
  readonly run: string
  /** The id of the step: `user_recs 2026-01-05`. */
  readonly step: string
  readonly attempt: number
  readonly lines: readonly LogLine[]
}

/** The SQL engine of the executor. */
export interface Engine {
  /** Computes, checks and stores one partition. An output appears under its final name only when it is complete and durable. Throws a FreshetError. */
  readonly compute: (
    request: ComputeRequest,
    progress: (share: number) => void,
    log?: (message: LogMessage) => void,
  ) => Promise<ComputeResult>
  /**
   * Copies a landed file to the store, unless the store has its bytes, and returns the file with its copy. A lost copy is
   * replaced if the landing zone still has the bytes. Throws a FreshetError if no place has them.
   */
  readonly copyLanded: (source: SourceAsset, file: LandedFile) => Promise<LandedFile>
  /** Runs checks of an asset on stored rows. */
  readonly check: (request: CheckRequest) => Promise<readonly CheckResult[]>
  /** Computes one partition without storing it. */
  readonly recompute: (request: ComputeRequest) => Promise<readonly RecomputedOutput[]>
  /** Computes the data version of a file of the store; undefined when the file is missing or does not have the asset's columns. */
  readonly readDataVersion: (asset: Asset, file: string) => Promise<string | undefined>
}

/** The content of a recomputed output. */
export type RecomputedOutput = Pick<MaterializedOutput, "asset" | "dataVersion" | "rows">

/** Stored rows and the checks to run on them. */
export interface CheckRequest {
  readonly asset: Asset
  readonly checks: readonly Check[]
  readonly file: string
  readonly partition: PartitionText
  readonly relations: readonly Relation[]
}

/** The record of one materialized partition: its inputs, code and content. Immutable. */
export interface Materialization extends FileBytes {
  readonly asset: string
  readonly partition: number
  readonly codeVersion: string
  /** Hash of the text of the function that computed it; undefined for SQL. */
  readonly codeText?: string | undefined
  readonly inputVersion: string
  readonly dataVersion: string
  readonly file: string
  readonly rows: number
  readonly bytes: number
}

/** The versions of the partitions in one read's window at the time of the materialization. */
export interface ReadVersions {
  readonly relation: string
  readonly asset: string
  readonly short: boolean
  /** Partition index → data version, oldest first. */
  readonly versions: readonly (readonly [number, string])[]
  /** Partition index → landed files with copies in the store; only for a read as landed. */
  readonly files?: ReadonlyMap<number, readonly LandedFile[]>
}

/** The record of an ended step. */
export interface StepRecord {
  readonly run: string
  readonly computation: string
  readonly partition: number
  readonly inputVersion: string
  /** Fingerprint of the step's code and inputs, as text; empty when an input was not ready. */
  readonly fingerprint: string
  readonly materializations: readonly Materialization[]
  readonly reads: readonly ReadVersions[]
  readonly checks: readonly CheckResult[]
  /** Asset → version of its checks, for the assets whose checks ran. */
  readonly checkVersions: Readonly<Record<string, string>>
  readonly lineCounts: readonly LineCount[]
  readonly startedMs: number
  readonly endedMs: number
  readonly outcome: StepOutcome
}

/** A failed attempt at a step that is repeated. */
export interface AttemptRecord {
  readonly run: string
  readonly computation: string
  readonly partition: number
  /** The number of the attempt in the run, 1 for the first one. */
  readonly attempt: number
  readonly message: string
  readonly startedMs: number
  readonly endedMs: number
  /** The pause before the next attempt. */
  readonly delayMs: number
}

/** The outcome of a step. */
export type StepOutcome =
  | { readonly kind: "materialized" }
  /** A retained materialization has the same code and inputs: it is the current one again. */
  | { readonly kind: "reused" }
  /** The newest materialization already had the same code and inputs. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "checked" }
  | { readonly kind: "checks_failed"; readonly failedFiles: readonly string[] }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string | undefined }
  | { readonly kind: "skipped"; readonly blocker: string }

/** The outcome of a run. */
export type RunOutcome = "succeeded" | "failed" | "interrupted"

/** A range of partitions of one asset. */
export interface AssetRange {
  readonly asset: string
  readonly range: PartitionRange
}

/** The planned work of a run. It gives the progress of a running run, and the unfinished partitions of an ended one. */
export interface RunIntent {
  readonly id: string
  /** The command line that started the run. */
  readonly command: string
  readonly kind: RunKind
  /** The time from which it was to start; undefined if it was planned at once. */
  readonly requestedMs?: number | undefined
  readonly steps: number
  /** Computation → the partitions to materialize. */
  readonly work: Readonly<Record<string, readonly PartitionRange[]>>
  /** Version of the code of the planned computations. */
  readonly codeVersion: string
}

/** Names a step of a run: one partition of a computation. */
export interface StepName {
  readonly computation: string
  readonly partition: number
  /** The assets that the computation materializes. */
  readonly outputs: readonly string[]
  /** The pool of the computation, if it has a limited one. */
  readonly pool: StepPool | undefined
}

/** A pool, and the number of its steps that may run at once in all processes. */
export interface StepPool {
  readonly name: string
  readonly limit: number
}

/**
 * The answer to a claim. A claimed step belongs to the process until its record is committed; `newestRecord` is the id of
 * the newest materialization of its outputs, 0 without any, `failedAttempts` the number of attempts at it in the same run in
 * all processes, and `outcome` that of the step if another process has recorded it in the run. A taken step belongs to another
 * process that lives, waits for the end of the pause after a failed attempt, or its pool has no free slot. A step is outranked
 * while a run of a higher priority executes steps, or can; while one waits for a slot of its pool, the step is taken.
 */
export type ClaimResult =
  | {
      readonly kind: "claimed"
      readonly newestRecord: number
      readonly failedAttempts: number
      readonly outcome: StepOutcome | undefined
    }
  | { readonly kind: "taken" }
  | { readonly kind: "outranked" }

/** The durable record of runs. Every call returns after its record is committed; records are committed in the order of the calls. */
export interface Ledger {
  readonly beginRun: (run: RunIntent) => Promise<void>
  /** Claims a step, so that no other run does it meanwhile. */
  readonly claimStep: (step: StepName) => Promise<ClaimResult>
  /** Tests if a run of a higher priority executes steps, or can: it does not only wait. */
  readonly isOutranked: () => Promise<boolean>
  /** Records that the run only waits, and the pools for whose slots it does; undefined when it goes on. */
  readonly recordAwaitedPools: (pools: readonly string[] | undefined) => Promise<void>
  /** Releases a claimed step that is not recorded. */
  readonly releaseStep: (step: StepName) => Promise<void>
  /** Claims a publication set; false while another run that lives publishes it. */
  readonly claimPublication: (set: string) => Promise<boolean>
  readonly releasePublication: (set: string) => Promise<void>
  /** Tests if other runs have recorded anything since this run opened the ledger. */
  readonly hasOtherRecords: () => Promise<boolean>
  /** Records an ended step and releases its claim. Fails if the run has been ended by another process. */
  readonly recordStep: (record: StepRecord) => Promise<void>
  readonly recordAttempt: (record: AttemptRecord) => Promise<void>
  readonly recordLog: (record: LogRecord) => Promise<void>
  /** Reads all retained materializations of these partitions, the newest of a partition last. */
  readonly readMaterializations: (
    ranges: readonly AssetRange[],
  ) => Promise<readonly MaterializationRecord[]>
  /** Adds materializations of a step that other environments have under one of these input versions; false if none has one. */
  readonly adoptMaterializations: (
    step: Pick<StepName, "partition" | "outputs">,
    inputVersions: readonly string[],
  ) => Promise<boolean>
  readonly endRun: (run: { readonly id: string; readonly outcome: RunOutcome }) => Promise<void>
}

/** Names a step of a run. */
export interface StepReference {
  readonly step: string
  readonly computation: string
  /** The checked asset, for a step that only runs checks. */
  readonly check: string | undefined
  /** Key of the partition. */
  readonly partition: string
}

/** The end of a step. */
export interface StepEndedEvent extends StepReference {
  readonly kind: "step_ended"
  readonly outcome: StepOutcome
  /** The number of attempts at the step in the run. */
  readonly attempts: number
  readonly rows: number
  readonly ms: number
  readonly checks: readonly CheckResult[]
  readonly lineCounts: readonly LineCount[]
  /** False when the new rows equal the previous ones, so that the partition's readers remain fresh. */
  readonly changed: boolean
  /** True if another process executed the step for this run. */
  readonly elsewhere: boolean
}

/** The events of a run, for the progress display and the event stream. */
export type RunEvent =
  | { readonly kind: "run_started"; readonly run: string; readonly steps: number }
  | (StepReference & { readonly kind: "step_started" })
  | (StepReference & { readonly kind: "step_progress"; readonly share: number })
  /** The code of the step printed something. */
  | (StepReference & { readonly kind: "step_logged"; readonly lines: readonly LogLine[] })
  /** Another run does the step; this run waits for it. */
  | (StepReference & { readonly kind: "step_waiting" })
  /** A run of a higher priority is under way: no further step starts until it has ended. */
  | { readonly kind: "run_outranked" }
  /** The step runs again after a pause. */
  | (StepReference & {
      readonly kind: "attempt_failed"
      readonly attempt: number
      readonly maxAttempts: number
      readonly message: string
      readonly delayMs: number
    })
  | StepEndedEvent
  | { readonly kind: "publish_started"; readonly set: string; readonly partition: string }
  | {
      readonly kind: "publish_ended"
      readonly set: string
      readonly partition: string
      readonly changes: readonly TableChange[]
      readonly ms: number
      readonly error: string | undefined
    }
  | { readonly kind: "run_ended"; readonly run: string; readonly outcome: RunOutcome }

/** A pause of a run. */
export interface Timer {
  /** Resolves when the time has passed, or as soon as the timer or the run is cancelled. */
  readonly ended: Promise<void>
  readonly cancel: () => void
}

/** The interfaces of the outside world that a run uses. */
export interface Effects {
  readonly nowMs: () => number
  readonly startTimer: (ms: number) => Timer
  /** Returns a random number from 0 to 1, 1 excluded. */
  readonly random: () => number
  /** Hashes a text: SHA-256 in hexadecimal, except in tests that read versions. */
  readonly hash: (text: string) => string
  readonly newId: () => string
  readonly engine: Engine
  readonly ledger: Ledger
  readonly publisher: Publisher
  readonly emit: (event: RunEvent) => void
  /** Becomes true when the run is cancelled: no further step starts. */
  readonly signal: { readonly aborted: boolean }
}
