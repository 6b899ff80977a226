/** The bytes of datasets. A key is immutable once committed: it is there whole and durable, or not at all. */
export interface Store {
  /** A fresh local path, where a file may be written that is to be committed. */
  readonly tempPath: (suffix: string) => Promise<string>
  /** Makes the file durable under `key` and takes it away from `tempPath`. Replaces what is there. */
  readonly commit: (tempPath: string, key: string) => Promise<void>
  /** The local path under which the engine reads the file. */
  readonly path: (key: string) => string
  readonly exists: (key: string) => Promise<boolean>
  /** Does nothing when there is none. */
  readonly delete: (key: string) => Promise<void>
  /** Removes temporary files left by runs that died. To be called by who holds the lock that keeps other runs away. */
  readonly sweepTemp: () => Promise<number>
}
