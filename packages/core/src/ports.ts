import type { Columns } from "./declare/column.ts"
import type { Asset, Computation, Check, Severity, SourceAsset } from "./declare/declaration.ts"
import type { PartitionRange, PartitionText } from "./declare/partition.ts"
import type { Publish } from "./declare/publish.ts"
import type { LandedFile } from "./evaluate/landing.ts"
import type { MaterializationRecord } from "./evaluate/ledger-snapshot.ts"

/** What a query finds under a name: Parquet files of the store, files of the landing zone, or no rows at all. */
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

/** Everything the engine needs to make one partition of a computation. */
export interface ComputeRequest {
  readonly computation: Computation
  readonly outputs: readonly Asset[]
  readonly partition: PartitionText
  /** The partition's key as one segment of a path. */
  readonly folder: string
  readonly inputVersion: string
  /** One for each read of the computation and of its outputs' checks, by relation name. */
  readonly relations: readonly Relation[]
}

/** The result of one check on one partition, with a few of the offending rows as JSON. */
export interface CheckResult {
  readonly asset: string
  readonly name: string
  readonly severity: Severity
  readonly passed: boolean
  readonly failures: number
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}

/** One output that lies durable in the store. */
export interface MaterializedOutput {
  readonly asset: string
  readonly dataVersion: string
  /** Key in the store. */
  readonly file: string
  readonly rows: number
  readonly bytes: number
}

/** Where the lines of a source went: `lines` = `rows` + `quarantined`, blank lines not counted. */
export interface LineCount {
  readonly source: string
  readonly lines: number
  readonly rows: number
  readonly quarantined: number
  readonly reasons: readonly { readonly reason: string; readonly lines: number }[]
  /** Key in the store of the JSON lines file of quarantined lines; undefined when there are none. */
  readonly file: string | undefined
}

/** What came of a computation: durable outputs, or a check that stops everything after it (the rows are kept for inspection under `kept`). */
export type ComputeResult = {
  readonly checks: readonly CheckResult[]
  readonly lineCounts: readonly LineCount[]
} & (
  | { readonly kind: "made"; readonly outputs: readonly MaterializedOutput[] }
  | { readonly kind: "refused"; readonly failedFiles: readonly string[] }
)

/** DuckDB, as the executor sees it. Loaded on first use. */
export interface Engine {
  /** Computes, checks and stores one partition; nothing is visible under its final name before it is whole and durable. Throws FreshetError. */
  readonly compute: (
    request: ComputeRequest,
    progress: (share: number) => void,
  ) => Promise<ComputeResult>
  /** Runs an asset's checks on rows that are stored already. */
  readonly check: (request: CheckRequest) => Promise<readonly CheckResult[]>
  /** Computes one partition and keeps nothing of it: what its outputs would hold. */
  readonly recompute: (request: ComputeRequest) => Promise<readonly RecomputedOutput[]>
  /** The data version of what a file of the store holds now; undefined when it is gone or no longer the asset's rows. */
  readonly readDataVersion: (asset: Asset, file: string) => Promise<string | undefined>
}

/** What an output holds. */
export type RecomputedOutput = Pick<MaterializedOutput, "asset" | "dataVersion" | "rows">

/** Stored rows and the checks to run on them. */
export interface CheckRequest {
  readonly asset: Asset
  readonly checks: readonly Check[]
  readonly file: string
  readonly partition: PartitionText
  readonly relations: readonly Relation[]
}

/** That one partition of one asset was made: what from, by which code, with what content. Immutable once recorded. */
export interface Materialization {
  readonly asset: string
  readonly partition: number
  readonly codeVersion: string
  readonly inputVersion: string
  readonly dataVersion: string
  readonly file: string
  readonly rows: number
  readonly bytes: number
}

/** The versions of one read's window, as they were when the materialization was made. */
export interface ReadVersions {
  readonly relation: string
  readonly asset: string
  readonly short: boolean
  /** Partition index → data version, oldest first. */
  readonly versions: readonly (readonly [number, string])[]
}

/** What the executor tells the ledger when a step has ended well. */
export interface StepRecord {
  readonly run: string
  readonly computation: string
  readonly partition: number
  readonly inputVersion: string
  /** Fingerprint of what it was made from, or would have been, as text; empty when that is not known. */
  readonly fingerprint: string
  readonly materializations: readonly Materialization[]
  readonly reads: readonly ReadVersions[]
  readonly checks: readonly CheckResult[]
  /** Asset → version of its checks, of those whose checks ran. */
  readonly checkVersions: Readonly<Record<string, string>>
  readonly lineCounts: readonly LineCount[]
  readonly startedMs: number
  readonly endedMs: number
  readonly outcome: StepOutcome
}

/** How a step of a run ended. */
export type StepOutcome =
  | { readonly kind: "made" }
  /** The rows were made before from the same inputs: that materialization counts again. */
  | { readonly kind: "reused" }
  /** Nothing that it reads had changed when its turn came. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "checked" }
  | { readonly kind: "refused"; readonly failedFiles: readonly string[] }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string | undefined }
  | { readonly kind: "skipped"; readonly blocker: string }

/** One table of a publication: the asset's rows, where they lie, where they go. */
export interface PublicationTable {
  readonly asset: Asset
  readonly publish: Publish
  readonly partition: number
  readonly file: string
  readonly dataVersion: string
}

/** What changed in one published table. */
export interface TableChange {
  readonly asset: string
  readonly table: string
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
  readonly rows: number
}

/** A set of tables to be changed in one transaction, as a whole or not at all. */
export interface PublicationRequest {
  readonly run: string
  readonly set: string
  readonly partition: number
  readonly partitionKey: string
  /** Hash of what the tables will hold: the same version is never published twice in a row. */
  readonly version: string
  readonly tables: readonly PublicationTable[]
}

/** Writes published tables. Readers see the old publication or the new one, never a mixture. */
export interface Publisher {
  readonly publish: (request: PublicationRequest) => Promise<readonly TableChange[]>
}

/** How a run ended. */
export type RunOutcome = "succeeded" | "failed" | "interrupted"

/** Some partitions of one asset. */
export interface AssetRange {
  readonly asset: string
  readonly range: PartitionRange
}

/** What a run set out to do: so that others can see how far it is, and what is left when it ends early. */
export interface RunIntent {
  readonly id: string
  /** The command as a person would type it. */
  readonly command: string
  readonly steps: number
  /** Computation → the partitions to be made. */
  readonly work: Readonly<Record<string, readonly PartitionRange[]>>
}

/** The durable record of runs. Every call returns once the record is committed; calls are committed in the order they were made. */
export interface Ledger {
  readonly beginRun: (run: RunIntent) => Promise<void>
  readonly recordStep: (record: StepRecord) => Promise<void>
  /** All kept materializations of these partitions, the newest of a partition last. */
  readonly readMaterializations: (
    ranges: readonly AssetRange[],
  ) => Promise<readonly MaterializationRecord[]>
  readonly endRun: (run: { readonly id: string; readonly outcome: RunOutcome }) => Promise<void>
}

/** What happens during a run, as it happens: the progress tree, the event stream and the tests read the same values. */
export type RunEvent =
  | { readonly kind: "run_started"; readonly run: string; readonly steps: number }
  | { readonly kind: "step_started"; readonly step: string }
  | { readonly kind: "step_progress"; readonly step: string; readonly share: number }
  | {
      readonly kind: "step_ended"
      readonly step: string
      readonly outcome: StepOutcome
      readonly rows: number
      readonly ms: number
      readonly checks: readonly CheckResult[]
      readonly lineCounts: readonly LineCount[]
      /** False when the new rows are the same as the ones before: what reads them need not run. */
      readonly changed: boolean
    }
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

/** The world, as a run sees it. */
export interface Effects {
  readonly nowMs: () => number
  /** A hash of text: SHA-256 in hexadecimal in the real world, the text itself in tests that read versions. */
  readonly hash: (text: string) => string
  readonly newId: () => string
  readonly engine: Engine
  readonly ledger: Ledger
  readonly publisher: Publisher
  readonly emit: (event: RunEvent) => void
  /** Becomes true when a person asked to stop: no new step is started. */
  readonly signal: { readonly aborted: boolean }
}
