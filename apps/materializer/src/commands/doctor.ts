import { diagnose, type FindingDocument } from "@freshet/services"

import { formatDiagnostics } from "../render/diagnostics.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface DoctorFlags {
  readonly json: boolean
}

/** Prints the health of the installation and the project, with a remedy for each fault. */
export async function doctor(cli: CommandLine, { json }: DoctorFlags): Promise<number> {
  const document = await diagnose(await loadServices(cli), { nodeVersion: cli.versions.node })
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatDiagnostics(document, cli.out.style)))
  return getDoctorExitCode(document.findings)
}

function getDoctorExitCode(findings: readonly FindingDocument[]): number {
  const faults = findings.filter(({ level }) => level === "fail")
  if (faults.length === 0) return exitCodes.done
  return faults.some(({ subject }) => subject === "PostgreSQL")
    ? exitCodes.unreachable
    : exitCodes.fault
}
