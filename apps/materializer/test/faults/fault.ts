import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import { type CommandResult, startFreshet } from "../end-to-end/freshet-process.ts"
import { withEnvironment } from "../end-to-end/test-project.ts"

/**
 * The fault of a command's N-th call: `kill` ends the process at the N-th call that changes a file or sends to PostgreSQL;
 * an error code fails the N-th call of the file system. A write that is killed or has no space writes half of its bytes.
 */
export interface Fault {
  readonly kind: "kill" | "EIO" | "ENOSPC" | "EMFILE"
  /** The number of the call, from 1. */
  readonly call: number
  /** The folders whose files count. */
  readonly folders: readonly string[]
  /** The file that says which call it was. */
  readonly report: string
}

const preload = fileURLToPath(new URL("inject-faults.cjs", import.meta.url))

/** A command that met its fault, or ended before the call of that number. */
export interface FaultyResult extends CommandResult {
  /** The call, for messages; undefined if the command made fewer calls. */
  readonly hitCall: string | undefined
}

/** Runs a command as a process with a fault. */
export async function runWithFault(
  project: DeclaredProject,
  { kind, call }: Pick<Fault, "kind" | "call">,
  ...words: readonly string[]
): Promise<FaultyResult> {
  const report = join(project.folder, "fault")
  rmSync(report, { force: true })
  const fault: Fault = { kind, call, folders: [project.home, project.landing], report }
  const faulty = withEnvironment(project, {
    NODE_OPTIONS: `--require=${preload}`,
    FRESHET_FAULT: JSON.stringify(fault),
  })
  const result = await startFreshet(faulty, ...words).result
  return { ...result, hitCall: existsSync(report) ? readFileSync(report, "utf8") : undefined }
}
