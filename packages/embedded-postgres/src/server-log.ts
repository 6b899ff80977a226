import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from "node:fs"

const maxLogBytes = 5_000_000

/** Opens a log for appending and rotates a large one first, so that at most two files exist. */
export function openLog(path: string): number {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > maxLogBytes) renameSync(path, `${path}.1`)
  return openSync(path, "a", 0o600)
}

/** Returns the current length of a log, from which later lines are quoted. */
export function measureLog(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Reads the last lines of a log after the given length. */
export function readLogTail(path: string, fromByte: number, lines = 8): string {
  const text = readLogFrom(path, fromByte)
  return text.trimEnd().split("\n").slice(-lines).join("\n")
}

function readLogFrom(path: string, fromByte: number): string {
  try {
    const file = openSync(path, "r")
    try {
      const start = Math.max(fromByte, fstatSync(file).size - 20_000)
      const bytes = Buffer.alloc(20_000)
      return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, start))
    } finally {
      closeSync(file)
    }
  } catch {
    return ""
  }
}
