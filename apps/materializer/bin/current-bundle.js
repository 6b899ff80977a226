import { readFileSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"

export const workspace = fileURLToPath(new URL("../../../", import.meta.url))
export const buildFolder = new URL("../.build/", import.meta.url)

/**
 * What `.build/current.json` holds: the folder of the newest bundle, the mark of every file the
 * bundle was made from or consists of, and the settings, if its sources alone decide what the
 * configuration says.
 * @typedef {{ folder: string, marks: Record<string, string>, settings?: object }} Current
 */

/**
 * A bundle: no two have the same name.
 * @typedef {{ name: string, folder: URL, settings: object | undefined }} Bundle
 */

/**
 * A bundle made from the sources as they are now, or undefined.
 * @returns {Bundle | undefined}
 */
export function findCurrentBundle() {
  const current = readCurrent()
  if (current === undefined) return undefined
  for (const path in current.marks) {
    if (markOf(path) !== current.marks[path]) return undefined
  }
  return bundleOf(current)
}

/**
 * @param {Current} current
 * @returns {Bundle}
 */
export function bundleOf({ folder, settings }) {
  return { name: folder, folder: new URL(`${folder}/`, buildFolder), settings }
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
