import type { Fingerprint, Lanes } from "./fingerprint.ts"

/**
 * The retained materializations of one computation, in columns: element `t` belongs to partition `from + t`. A million
 * partitions take a few arrays; the ledger holds the further values of a materialization.
 */
export interface MaterializationHistory {
  readonly from: number
  readonly length: number
  /** 0 where no materialization is retained; otherwise 1 + the place of the newest materialization's version in `versions`. */
  readonly versionIndex: Uint16Array
  /** Input fingerprints of the newest materializations. */
  readonly inputs: Lanes
  /** Running sums of their content fingerprints, for each output in order of declaration. Partitions without a materialization may add any value. */
  readonly sums: readonly Lanes[]
  readonly versions: readonly MaterializationVersion[]
  /** Partition → further retained materializations, the newest first. */
  readonly earlier: ReadonlyMap<number, readonly EarlierMaterialization[]>
}

/** The code version and check results that many materializations of a computation share. */
export interface MaterializationVersion {
  readonly codeVersion: string
  /** The last check results of each output. */
  readonly checks: readonly CheckVersion[]
}

/** The last check results of one output: the version of its checks, and the number of failed checks by severity. */
export interface CheckVersion {
  readonly version: string
  readonly failedErrors: number
  readonly failedWarnings: number
}

/** A retained materialization that is not the newest. It becomes current again when the partition has its inputs again. */
export interface EarlierMaterialization {
  readonly input: Fingerprint
  readonly outputs: readonly Fingerprint[]
  readonly version: MaterializationVersion
}

/** Recognizes the bytes of a stored file. Materializations of earlier versions have neither until they are read. */
export interface FileBytes {
  /** Checksum of the bytes: xxh3, in hexadecimal. */
  readonly checksum?: string | null | undefined
  /** Size, inode and times of the file that had this checksum. A file with the same identity has the same bytes. */
  readonly fileIdentity?: string | null | undefined
}

/** The full record of one retained materialization of one asset. */
export interface MaterializationRecord extends FileBytes {
  readonly id: number
  readonly asset: string
  readonly partition: number
  readonly codeVersion: string
  /** Hash of the text of the function that computed it; undefined for SQL and where it was not recorded. */
  readonly codeText?: string | null | undefined
  readonly inputVersion: string
  /** Fingerprint of its code and inputs, as text. */
  readonly fingerprint: string
  readonly dataVersion: string
  readonly file: string
  readonly rows: number
  readonly bytes: number
  /** The instant of the record, and the duration of the computation. */
  readonly atMs: number
  readonly durationMs: number
  /** Version of the checks that ran on it last, and the number of failed checks by severity. */
  readonly checkVersion: string
  readonly failedErrors: number
  readonly failedWarnings: number
}

/** The failed last attempt at a partition, if it is newer than the newest materialization. */
export interface Failure {
  readonly run: string
  readonly outcome: "failed" | "checks_failed"
  readonly message: string
  /** The names of the failed error checks. */
  readonly checks: readonly string[]
  readonly atMs: number
  /** Fingerprint of the attempt's code and inputs, as text. The failure is current as long as the partition has the same ones. */
  readonly fingerprint: string
}

/** The content of a published table. */
export interface TablePublication {
  /** The asset with these rows, by its current name. */
  readonly asset: string
  /** Oldest first; partitions that the asset does not have as it is declared come before the others. */
  readonly partitions: readonly PublishedPartition[]
  /** The instant of its last change. */
  readonly atMs: number
}

/** The rows of one partition in a published table. */
export interface PublishedPartition {
  readonly key: string
  /** Undefined if the key is not one of the asset's partitions as it is declared. */
  readonly partition: number | undefined
  readonly dataVersion: string
  /** Key in the store of the rows; empty if unknown. */
  readonly file: string
}

/** An immutable view of the ledger for evaluation and planning. */
export interface LedgerSnapshot {
  /** Version of the ledger: changes with every change to materializations and their checks. */
  readonly version: string
  /** Computation → its retained materializations. */
  readonly histories: ReadonlyMap<string, MaterializationHistory>
  /** Computation → partition → newest failure. */
  readonly failures: ReadonlyMap<string, ReadonlyMap<number, Failure>>
  /** Published asset → the content of its table, which another asset may have published. */
  readonly publications: ReadonlyMap<string, TablePublication>
  /** Asset with a deadline → the start of the first run that found it declared, in milliseconds since 1970. */
  readonly firstRuns: ReadonlyMap<string, number>
  /** Computation → partitions whose fingerprints match a materialization with other inputs; these partitions are not fresh. */
  readonly collisions?: ReadonlyMap<string, ReadonlySet<number>> | undefined
}
