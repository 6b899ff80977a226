import { closeSync, fsync, openSync } from "node:fs"
import { promisify } from "node:util"

const syncDescriptor = promisify(fsync)

/** Makes what is in a file, or the names in a folder, durable. */
export async function syncPath(path: string): Promise<void> {
  const descriptor = openSync(path, "r")
  try {
    await syncDescriptor(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
