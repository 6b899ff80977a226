import { existsSync } from "node:fs"
import { setImmediate } from "node:timers/promises"

import { folderMark } from "./list-folder.ts"

/** Folder of the landing zone → a hash over the names of what lies there, and over its sizes and identities. */
export type LandingMarks = Readonly<Record<string, string>>

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
    if (folderMark(landingFolder, folder) !== mark) return false
    await setImmediate() // what else is waited for goes on meanwhile
  }
  return true
}
