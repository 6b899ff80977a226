import type { LandedFile } from "@freshet/core/engine"

import type { ListedFile } from "./hashed-file.ts"
import type { FolderListing } from "./list-folder.ts"

/** The place where other systems land files: a folder, or the objects below a prefix. */
export interface LandingZone {
  /** Formats the location of a file, or of the landing zone, for messages. Code never reads from it. */
  readonly locate: (path?: string) => string
  /** Looks up the folders and those below them; the result lists one folder. Undefined if the landing zone does not exist. */
  readonly openListing: (folders: readonly string[]) => Promise<ListFolder | undefined>
  /** Suggests how to create a missing landing zone. */
  readonly missingHint: string
  /** Identifies the bytes of a file by a hash. Throws FreshetError "input" if they change meanwhile. */
  readonly identify: (file: ListedFile) => Promise<IdentifiedFile>
  /** Reads the first line of a file; undefined if it cannot be read or is too long. */
  readonly readHeader: (file: ListedFile) => Promise<string | undefined>
  /** Provides the bytes of a file on the local disk. Objects are downloaded, and fail unless they have the bytes of `hash`. */
  readonly localPath: (file: LandedFile) => string | Promise<string>
  /** Returns the SHA-256 of the bytes that a file had when it was observed. */
  readonly hashBytes: (file: LandedFile) => Promise<string>
  /** Tests if a file still has the bytes that its hash identifies. */
  readonly isUnchanged: (file: LandedFile) => Promise<boolean>
  readonly exists: (path: string) => Promise<boolean>
  /** Describes all files by names, sizes and versions: a change of a file changes the text. */
  readonly describeFiles: () => Promise<string>
  /** Fails, with the reason, unless files can be listed. */
  readonly probe: () => Promise<void>
}

/** Lists a folder of a landing zone. */
export type ListFolder = (folder: string) => FolderListing

/** A file and the hash that identifies its bytes. */
export type IdentifiedFile = ListedFile & { readonly hash: string }
