/** The bytes of datasets. A key is immutable once committed: it is there whole and durable, or not at all. */
export interface Store {
  /** A fresh local path, where a file may be written that is to be committed. */
  readonly tempPath: (suffix: string) => Promise<string>
  /** Makes the file durable under `key` and takes it away from `tempPath`. Replaces what is there. */
  readonly commit: (tempPath: string, key: string) => Promise<void>
  /**
   * Provides a file on the local disk, for reading alone: the file itself, or a copy of it. Fails when the store has
   * no such file.
   */
  readonly localPath: (key: string) => Promise<string>
  /** Reads the bytes of a file, a part at a time. Fails when the store has no such file. */
  readonly read: (key: string) => AsyncIterable<Uint8Array>
  /** Names the place of a file, or of the whole store, for a message: a path or a URL. Nothing is read through it. */
  readonly locate: (key?: string) => string
  readonly exists: (key: string) => Promise<boolean>
  /**
   * Every file, some at a time, in no promised order; one that comes or goes meanwhile may be among them or not.
   * Links are not followed, and what has no key is left out.
   */
  readonly list: () => AsyncIterable<readonly StoredFile[]>
  /** Removes files and folders that become empty; missing files are ignored. */
  readonly remove: (keys: readonly string[]) => Promise<void>
  /** Who took the store, if anybody did. */
  readonly owner: () => Promise<string | undefined>
  /** Claims the store for an owner unless it has one, and returns the owner: the same for all concurrent callers. */
  readonly claim: (owner: string) => Promise<string>
  /** Measures the temporary files of killed runs. */
  readonly measureTemp: () => Promise<TempFileTotals>
  /** Fails, with the reason, unless files can be committed. */
  readonly probe: () => Promise<void>
  /** Removes the temporary files of killed runs. The caller must own the lock that keeps other runs out. */
  readonly removeTemp: () => Promise<TempFileTotals>
}

/** A file of a store as a listing shows it. */
export interface StoredFile {
  readonly key: string
  readonly bytes: number
  /** When it was written. */
  readonly modifiedMs: number
}

/** The number and size of temporary files of killed runs. */
export interface TempFileTotals {
  readonly files: number
  readonly bytes: number
}
