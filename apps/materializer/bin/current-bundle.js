import { readFileSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const workspace = fileURLToPath(new URL("../../../", import.meta.url))
export const buildFolder = new URL("../.build/", import.meta.url)

/**
 * What `.build/current.json` holds: the folder of the newest bundle, and the mark of every file
 * the bundle was made from or consists of.
 * @typedef {{ folder: string, marks: Record<string, string> }} Current
 */

/**
 * A bundle made from the sources as they are now, or undefined.
 * @returns {URL | undefined}
 */
export function findCurrentBundle() {
  const current = readCurrent()
  if (current === undefined) return undefined
  for (const path in current.marks) {
    if (markOf(path) !== current.marks[path]) return undefined
  }
  return folderOf(current)
}

/**
 * @param {Current} current
 * @returns {URL}
 */
export function folderOf({ folder }) {
  return new URL(`${folder}/`, buildFolder)
}

/** @returns {Current | undefined} */
export function readCurrent() {
  try {
    return JSON.parse(readFileSync(new URL("current.json", buildFolder), "utf8"))
  } catch {
    return undefined
  }
}

/**
 * Size and modification time of a file of the workspace, or "absent".
 * @param {string} path relative to the workspace
 */
export function markOf(path) {
  const stats = statSync(workspace + path, { throwIfNoEntry: false })
  return stats === undefined ? "absent" : `${stats.size} ${stats.mtimeMs}`
}
