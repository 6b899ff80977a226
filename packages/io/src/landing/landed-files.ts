/** A landed file whose content is known: as long as size and identity stay, so does the hash. */
export interface RememberedFile {
  readonly bytes: number
  /** Inode, modification and change time: one of them moves when the content does. */
  readonly identity: string
  readonly hash: string
}

/** What to remember of an observation for the next one: path → file, and paths to forget. */
export interface LandingMemory {
  readonly learned: ReadonlyMap<string, RememberedFile>
  readonly gone: readonly string[]
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
