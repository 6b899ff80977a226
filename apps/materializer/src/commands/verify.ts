import { randomInt } from "node:crypto"

import {
  type PartitionArguments,
  pickPartitionArguments,
  verify as verifySelection,
} from "@freshet/services"

import { formatWarnings } from "../render/problems.ts"
import { formatVerification } from "../render/verification.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { createPathFormatter } from "../terminal/paths.ts"
import { withVerificationProgress } from "../terminal/verification-progress.ts"

export interface VerifyFlags extends PartitionArguments {
  /** In percent. */
  readonly sample: number
  readonly seed?: number
  readonly files: boolean
  readonly json: boolean
}

/** Recomputes a sample of the fresh partitions and compares the rows; holds no lock and stores nothing. */
export async function verify(
  cli: CommandLine,
  flags: VerifyFlags,
  ...selection: readonly string[]
): Promise<number> {
  const { sample: percent, seed = randomInt(1_000_000), files, json } = flags
  const partitions = pickPartitionArguments(flags)
  cli.interruption.watch("Stopping.")
  const document = await withVerificationProgress(cli, "verify", (services) =>
    verifySelection(services, { selection, partitions, percent, seed, files }),
  )
  await printLines(cli.err, formatWarnings(document.warnings, cli.err.style))
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatVerification(document, createPathFormatter(cli), cli.out.style)))
  return document.outcome === "as_recorded" ? exitCodes.done : exitCodes.differs
}
