import type { LandedFile } from "../execute/effects.ts"

/** The newest materialization of one partition of one asset, as far as planning needs it. */
export interface Recorded {
  readonly id: number
  readonly codeVersion: string
  readonly inputVersion: string
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
  /** What it would have been made from: the failure counts as long as this is still so. */
  readonly inputVersion: string
}

/** What a publication set shows now. */
export interface Published {
  readonly set: string
  readonly partition: number
  readonly partitionKey: string
  readonly version: string
  readonly atMs: number
}

/** The ledger as planning sees it: a value, read once. */
export interface Snapshot {
  /** Asset → partition → newest materialization. */
  readonly materializations: ReadonlyMap<string, ReadonlyMap<number, Recorded>>
  /** Computation → partition → newest failure. */
  readonly failures: ReadonlyMap<string, ReadonlyMap<number, Failure>>
  /** Publication set → what it shows. */
  readonly publications: ReadonlyMap<string, Published>
}

/** The files of one partition of a source, and the version of their content. */
export interface LandedPartition {
  readonly files: readonly LandedFile[]
  readonly version: string
}

/** Source → partition → files: what lies in the landing zone. */
export type Landing = ReadonlyMap<string, ReadonlyMap<number, LandedPartition>>
