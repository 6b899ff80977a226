import { execFileSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"

import { workspace } from "../../../bin/bundle-command.js"
import { expectDone, runShell } from "../freshet-process.ts"

const pnpm = join(workspace, "node_modules/.bin/pnpm")

/** Packs the command and the libraries that it needs from a checkout. */
export async function packPackages(checkout: string, destination: string): Promise<void> {
  const command = `${pnpm} --filter-prod "freshet..." pack --pack-destination ${destination}`
  expectDone(await runShell({ folder: checkout, environment: {} }, command))
}

/** Tests if the history of this checkout reaches back to a commit: shallow ones may not. */
export function hasCommit(commit: string): boolean {
  try {
    git("cat-file", "-e", `${commit}^{commit}`)
    return true
  } catch {
    return false
  }
}

/** Writes the files of a commit into a new folder, and installs what they need. */
export async function checkOut(commit: string, folder: string): Promise<void> {
  mkdirSync(folder)
  const archive = `${folder}.tar`
  git("archive", "--output", archive, commit)
  const install = `tar -xf ${archive} && ${pnpm} install --frozen-lockfile --prefer-offline --ignore-scripts`
  expectDone(await runShell({ folder, environment: {} }, install))
}

function git(...words: readonly string[]): void {
  execFileSync("git", ["-C", workspace, ...words], { stdio: "pipe" })
}
