import type { ReadVersions } from "../ports.ts"

/** Computation → partition → the recorded reads of its newest materialization. */
export type RecordedReads = ReadonlyMap<string, ReadonlyMap<number, readonly ReadVersions[]>>

/** The files that a materialization read and that are no longer landed: relation → partition of the source and its version, oldest first. */
export type RemovedReads = ReadonlyMap<string, ReadVersions["versions"]>

/** Computation → partition → the files that its newest materialization read and that are no longer landed. */
export type RemovedInputs = ReadonlyMap<string, ReadonlyMap<number, RemovedReads>>

/** The reads as landed of a materialization: relation → the versions and the copied files that it is pinned to. */
export type PinnedReads = ReadonlyMap<string, ReadVersions>

/** Computation → partition → the reads as landed of its newest materialization. */
export type PinnedInputs = ReadonlyMap<string, ReadonlyMap<number, PinnedReads>>

/** The recorded reads of materializations that replace landed files. */
export interface RecordedInputs {
  /** The files that materializations read and that are no longer landed; undefined when there are none. */
  readonly removedInputs?: RemovedInputs | undefined
  /** The reads as landed of partitions that are not fresh with the landed files; undefined when there are none. */
  readonly pinnedInputs?: PinnedInputs | undefined
}
