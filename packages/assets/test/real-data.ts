import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"

const workspace = fileURLToPath(new URL("../../../", import.meta.url))
const folder = resolve(workspace, process.env["FRESHET_REAL_DATA"] ?? "../shared/data")

/** A file of the real data, which are not part of the workspace. */
export interface RealFile {
  readonly path: string
  readonly exists: boolean
  /** The end of the title of a test that needs the file: says why it is skipped. */
  readonly skipNote: string
}

/** Finds a file of the real data by its path in their folder. */
export function findRealFile(name: string): RealFile {
  const path = resolve(folder, name)
  const exists = existsSync(path)
  const skipNote = " (skipped: no real data on this machine, see FRESHET_REAL_DATA)"
  return { path, exists, skipNote: exists ? "" : skipNote }
}
