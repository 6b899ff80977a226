import { existsSync } from "node:fs"
import { link, rename } from "node:fs/promises"

import type { ProblemsError } from "@freshet/core/engine"

import { usageError } from "./plan/target-problems.ts"

/** Fails for an existing path, unless it may be replaced. */
export function requireNewPath(path: string, mayReplace: boolean): void {
  if (!mayReplace && existsSync(path)) throw pathExistsError(path)
}

/** Moves a file to a path; an existing file there is replaced only on request. */
export async function moveFile(
  temporary: string,
  path: string,
  mayReplace: boolean,
): Promise<void> {
  await (mayReplace ? rename(temporary, path) : moveToNewPath(temporary, path))
}

/** Moves a file to a path that does not exist. Without links in the file system, the path is only checked before. */
async function moveToNewPath(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (cause) {
    if (existsSync(path)) throw pathExistsError(path)
    if (!hasCode(cause, "EPERM", "ENOTSUP", "ENOSYS")) throw cause
    await rename(temporary, path)
  }
}

function pathExistsError(path: string): ProblemsError {
  return usageError({
    kind: "usage",
    message: `${path} exists already.`,
    hint: "Choose another path, or replace the file with --force.",
  })
}

/** Tests if an error of Node has one of some codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code))
}
