import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import {
  type CommandResult,
  type RunningCommand,
  startFreshet,
} from "../end-to-end/freshet-process.ts"
import { withEnvironment } from "../end-to-end/test-project.ts"

/**
 * The fault of a command's N-th call: the process receives a signal at the N-th call that changes a file or sends to
 * PostgreSQL, or the N-th call of the file system fails with an error code. A write that is killed or has no space
 * writes half of its bytes.
 */
export interface Fault {
  readonly kind: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "EIO" | "ENOSPC" | "EMFILE"
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

/** A command with a fault, as a process under way. */
export interface FaultyCommand extends RunningCommand {
  /** Reads the call that was hit; undefined before. */
  readonly readHitCall: () => string | undefined
}

/** Starts a command as a process with a fault. */
export function startWithFault(
  project: DeclaredProject,
  { kind, call }: Pick<Fault, "kind" | "call">,
  ...words: readonly string[]
): FaultyCommand {
  const report = join(project.folder, "fault")
  rmSync(report, { force: true })
  const fault: Fault = { kind, call, folders: [project.home, project.landing], report }
  const faulty = withEnvironment(project, {
    NODE_OPTIONS: `--require=${preload}`,
    FRESHET_FAULT: JSON.stringify(fault),
  })
  const readHitCall = () => (existsSync(report) ? readFileSync(report, "utf8") : undefined)
  return { ...startFreshet(faulty, ...words), readHitCall }
}

/** Runs a command as a process with a fault to its end. */
export async function runWithFault(
  project: DeclaredProject,
  fault: Pick<Fault, "kind" | "call">,
  ...words: readonly string[]
): Promise<FaultyResult> {
  const command = startWithFault(project, fault, ...words)
  const result = await command.result
  return { ...result, hitCall: command.readHitCall() }
}
