/** Writes the files of streams to a landing zone. Paths are relative to it; every call returns after its change is durable. */
export interface LandingFiles {
  /** Lists the names in a folder in order, without those of files that are not yet complete. */
  readonly list: (folder: string) => Promise<readonly string[]>
  readonly read: (path: string) => Promise<string>
  /** Writes a file to a path that only this call uses. */
  readonly write: (path: string, content: readonly Uint8Array[]) => Promise<void>
  /** Creates a file with its whole content; false if one exists already. */
  readonly createIfAbsent: (path: string, text: string) => Promise<boolean>
  /** Moves files to their final paths. One that does not exist has been moved already. */
  readonly move: (files: readonly MovedFile[]) => Promise<void>
  readonly remove: (paths: readonly string[]) => Promise<void>
}

/** A complete file, and the path at which it lands. */
export interface MovedFile {
  readonly staged: string
  readonly path: string
}
