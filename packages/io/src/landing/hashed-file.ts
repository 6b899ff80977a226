/** A landed file whose content is known: as long as size and identity stay, so does the hash. */
export interface HashedFile {
  readonly bytes: number
  /** Inode, modification and change time: one of them moves when the content does. */
  readonly identity: string
  readonly hash: string
  /** The first line of a CSV file. */
  readonly header?: string | undefined
}

/** The hashes to store for the next observation: path → file, and the paths to remove. */
export interface HashChanges {
  readonly addedFiles: ReadonlyMap<string, HashedFile>
  readonly removedPaths: readonly string[]
}

/** A file in the landing zone as a listing shows it. */
export interface ListedFile {
  /** Relative to the landing zone, with slashes. */
  readonly path: string
  readonly bytes: number
  readonly identity: string
  /** When its content or its entry changed last. */
  readonly changedMs: number
}
