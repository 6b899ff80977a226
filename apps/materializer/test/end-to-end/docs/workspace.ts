import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

import { expectNoProcesses } from "../processes.ts"

export const workspace = fileURLToPath(new URL("../../../../../", import.meta.url))

/** Runs `work` with a folder that is removed afterwards, once its processes have ended. */
export async function withTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "freshet-docs-")))
  try {
    await work(folder)
    await expectNoProcesses(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Generated files and folders of a workspace. */
const generatedPaths = /^landing$|(^|\/)(node_modules|dist|\.git|\.turbo|\.build|\.freshet[^/]*)$/

/** Runs `work` with a copy of the workspace like a new clone: nothing is installed or generated. */
export async function withWorkspaceCopy(work: (folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const copy = join(folder, "freshet")
    const isWritten = (path: string) => !generatedPaths.test(relative(workspace, path))
    cpSync(workspace, copy, { recursive: true, filter: isWritten })
    await work(copy)
  })
}
