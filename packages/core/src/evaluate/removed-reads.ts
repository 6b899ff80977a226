import type { ReadVersions } from "../ports.ts"

/** The files that a materialization read and that are no longer landed: relation → partition of the source and its version, oldest first. */
export type RemovedReads = ReadonlyMap<string, ReadVersions["versions"]>

/** Computation → partition → the files that its newest materialization read and that are no longer landed. */
export type RemovedInputs = ReadonlyMap<string, ReadonlyMap<number, RemovedReads>>
