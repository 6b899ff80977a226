import { resolve } from "node:path"

import { formatCommand, readPlanFile } from "@freshet/services"

import type { CommandLine } from "../terminal/command-line.ts"
import { type RunFlags, runAndPrint } from "../terminal/run-and-print.ts"

/** Executes a saved plan, or nothing when it would be executed differently now. */
export async function apply(cli: CommandLine, flags: RunFlags, path: string): Promise<number> {
  const { plan } = await readPlanFile(resolve(cli.cwd, path))
  return runAndPrint(cli, flags, {
    command: formatCommand("freshet apply", [path], {}),
    target: { kind: "saved_plan", plan },
  })
}
