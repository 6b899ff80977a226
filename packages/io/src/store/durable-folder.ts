import { mkdirSync } from "node:fs"
import { dirname } from "node:path"

import { syncPath } from "./sync.ts"

/** Creates folders durably: each is durable once its parent is synced; existing ones were synced when they were created. */
export async function createFolderDurably(folder: string, root: string): Promise<void> {
  const firstCreated = mkdirSync(folder, { recursive: true })
  if (firstCreated === undefined) return
  const syncs: Promise<void>[] = []
  for (
    let createdFolder = folder;
    createdFolder.length >= firstCreated.length && createdFolder !== root;
    createdFolder = dirname(createdFolder)
  )
    syncs.push(syncPath(dirname(createdFolder)))
  await Promise.all(syncs)
}
