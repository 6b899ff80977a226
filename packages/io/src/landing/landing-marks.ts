import { hash } from "node:crypto"
import { existsSync } from "node:fs"
import { setImmediate } from "node:timers/promises"

import { type LandedEntry, listFolder } from "./list-folder.ts"

/** Folder of the landing zone → a hash over the names, sizes and identities of what lies there. */
export type LandingMarks = Readonly<Record<string, string>>

/** The marks of folders as they were listed. */
export function landingMarks(listed: ReadonlyMap<string, readonly LandedEntry[]>): LandingMarks {
  return Object.fromEntries([...listed].map(([folder, entries]) => [folder, markOf(entries)]))
}

/**
 * Whether the landing zone is there, and holds in each of these folders what it held when they were marked. Which
 * folders an observation looks into follows from the sources and from what these folders hold, so that it would find
 * nothing new.
 */
export async function isLandingAsMarked(
  landingFolder: string,
  marks: LandingMarks,
): Promise<boolean> {
  if (!existsSync(landingFolder)) return false
  for (const [folder, mark] of Object.entries(marks)) {
    if (markOf(listFolder(landingFolder, folder)) !== mark) return false
    await setImmediate() // what else is waited for goes on meanwhile
  }
  return true
}

/** No name holds a slash, and none is read as another's size or identity. */
function markOf(entries: readonly LandedEntry[]): string {
  const lines = entries.map((entry) =>
    entry.kind === "file"
      ? `${entry.name}/${entry.file.bytes} ${entry.file.identity}`
      : `${entry.name}/`,
  )
  return hash("sha256", lines.join("/"), "base64url")
}
