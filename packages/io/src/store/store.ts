/** A store of datasets' bytes. A committed key is immutable, complete and durable. */
export interface Store {
  /** Returns a new local path for a file that will be committed. */
  readonly tempPath: (suffix: string) => Promise<string>
  /** Moves the file from `tempPath` to `key` and makes it durable. Replaces an existing file. */
  readonly commit: (tempPath: string, key: string) => Promise<CommittedFile>
  /**
   * Provides a file on the local disk for reading: the file itself, or a copy. Fails if the store has
   * no such file.
   */
  readonly localPath: (key: string) => Promise<string>
  /** Reads the bytes of a file in parts. Fails if the store has no such file. */
  readonly read: (key: string) => AsyncIterable<Uint8Array>
  /** Formats the location of a file, or of the store, for messages: a path or a URL. Code never reads from it. */
  readonly locate: (key?: string) => string
  readonly exists: (key: string) => Promise<boolean>
  /** Identifies a file without reading it; undefined if the store has no such file. */
  readonly identify: (key: string) => Promise<string | undefined>
  /** Reads a file in full and computes its checksum; undefined if the store has no such file. */
  readonly measure: (key: string) => Promise<FileMeasure | undefined>
  /**
   * Lists all files in pages, in any order; files that are added or removed meanwhile may be included or not.
   * Links are not followed, and files without a valid key are left out.
   */
  readonly list: () => AsyncIterable<readonly StoredFile[]>
  /** Removes files and folders that become empty; missing files are ignored. */
  readonly remove: (keys: readonly string[]) => Promise<void>
  /** Reads the owner of the store; undefined without one. */
  readonly owner: () => Promise<string | undefined>
  /** Claims the store for an owner unless it has one, and returns the owner: the same for all concurrent callers. */
  readonly claim: (owner: string) => Promise<string>
  /** Measures the temporary files of killed runs. */
  readonly measureTemp: () => Promise<TempFileTotals>
  /** Fails, with the reason, unless files can be committed. */
  readonly probe: () => Promise<void>
  /** Tests without a look at a remote store if there may be temporary files of killed runs. */
  readonly mayHaveTemp: () => Promise<boolean>
  /** Removes the temporary files of killed runs. The caller must own the lock that keeps other runs out. */
  readonly removeTemp: () => Promise<TempFileTotals>
}

/** The checksum of a file's bytes, and the identity that the file had when they were read. Files with the same identity have the same bytes. */
export interface FileMeasure {
  /** xxh3 of the bytes, in hexadecimal. */
  readonly checksum: string
  readonly identity: string
}

/** A durable file. */
export interface CommittedFile extends FileMeasure {
  readonly bytes: number
}

/** A file in a listing of a store. */
export interface StoredFile {
  readonly key: string
  readonly bytes: number
  /** The time of its writing. */
  readonly modifiedMs: number
}

/** The number and size of temporary files of killed runs. */
export interface TempFileTotals {
  readonly files: number
  readonly bytes: number
}
