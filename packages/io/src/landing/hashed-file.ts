/** A landed file with its hash, which is valid as long as size and identity stay the same. */
export interface HashedFile {
  readonly bytes: number
  /** Inode, modification and change time of a file, or ETag of an object: a change of the content changes one of them. */
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

/** A file in a listing of the landing zone. */
export interface ListedFile {
  /** Relative to the landing zone, with slashes. */
  readonly path: string
  readonly bytes: number
  readonly identity: string
  /** The time of the latest change of its content or its entry. */
  readonly changedMs: number
}
