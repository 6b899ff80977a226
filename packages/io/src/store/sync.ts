import { closeSync, fsync, openSync } from "node:fs"
import { promisify } from "node:util"

const syncDescriptor = promisify(fsync)

/** Syncs the content of a file, or the entries of a folder, to disk. */
export async function syncPath(path: string): Promise<void> {
  const descriptor = openSync(path, "r")
  try {
    await syncDescriptor(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
