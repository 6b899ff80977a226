import type { Fingerprint, Lanes } from "./fingerprint.ts"

/**
 * What is kept of one computation, a column a fact: element `t` of each column stands for partition `from + t`.
 * A million partitions are a few arrays; what else is known of a materialization is looked up where it is shown.
 */
export interface MaterializationHistory {
  readonly from: number
  readonly length: number
  /** 0 where nothing is kept; else 1 + the place in `marks` of the newest materialization's mark. */
  readonly versionIndex: Uint16Array
  /** Fingerprint of what the newest kept materialization was made from. */
  readonly inputs: Lanes
  /** Running sums of its content fingerprints, for each output in order of declaration; where nothing is kept anything may be added. */
  readonly sums: readonly Lanes[]
  readonly versions: readonly MaterializationVersion[]
  /** Partition → materializations kept besides the newest, the newest of them first. */
  readonly earlier: ReadonlyMap<number, readonly EarlierMaterialization[]>
}

/** What many materializations of a computation share: the code that made them, and how their checks came out. */
export interface MaterializationVersion {
  readonly codeVersion: string
  /** For each output: version of the checks that ran on it last, and how many of them failed with severity `error` or `warn`. */
  readonly checks: readonly CheckVersion[]
}

/** How the checks of one output came out. */
export interface CheckVersion {
  readonly version: string
  readonly failedErrors: number
  readonly failedWarnings: number
}

/** A materialization that is kept beside a newer one: what it was made from counts again when the inputs are those again. */
export interface EarlierMaterialization {
  readonly input: Fingerprint
  readonly outputs: readonly Fingerprint[]
  readonly version: MaterializationVersion
}

/** One kept materialization of one asset, whole. */
export interface MaterializationRecord {
  readonly id: number
  readonly asset: string
  readonly partition: number
  readonly codeVersion: string
  readonly inputVersion: string
  /** Fingerprint of what it was made from, as text. */
  readonly fingerprint: string
  readonly dataVersion: string
  readonly file: string
  readonly rows: number
  readonly bytes: number
  /** When it was recorded, and how long its computation took. */
  readonly atMs: number
  readonly durationMs: number
  /** Version of the checks that ran on it last, and how many of them failed with severity `error` or `warn`. */
  readonly checkVersion: string
  readonly failedErrors: number
  readonly failedWarnings: number
}

/** A computation's newest attempt at a partition, when it ended badly after the newest materialization. */
export interface Failure {
  readonly run: string
  readonly outcome: "failed" | "refused"
  readonly message: string
  /** The error checks that refused its rows, by name. */
  readonly checks: readonly string[]
  readonly atMs: number
  /** Fingerprint of what it would have been made from, as text: the failure counts as long as this is still so. */
  readonly fingerprint: string
}

/** What a publication set shows now. */
export interface Publication {
  readonly set: string
  readonly partition: number
  readonly partitionKey: string
  readonly version: string
  readonly atMs: number
}

/** The ledger as planning sees it: a value, read once. */
export interface LedgerSnapshot {
  /** Changes whenever a run, a check or a clean-up changed what the ledger says of materializations. */
  readonly version: string
  /** Computation → what is kept of it. */
  readonly histories: ReadonlyMap<string, MaterializationHistory>
  /** Computation → partition → newest failure. */
  readonly failures: ReadonlyMap<string, ReadonlyMap<number, Failure>>
  /** Publication set → what it shows. */
  readonly publications: ReadonlyMap<string, Publication>
}
