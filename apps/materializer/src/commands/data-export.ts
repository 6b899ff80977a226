import { resolve } from "node:path"

import { formatQuantity, ProblemsError } from "@freshet/core/engine"
import { type ExportFormat, exportRows } from "@freshet/services"

import { formatAssetPartition } from "../render/set-partition.ts"
import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface DataExportFlags {
  readonly partition?: string
  readonly format: ExportFormat
  readonly output?: string
}

/** Writes the rows of a partition to a file or to standard output. */
export async function dataExport(
  cli: CommandLine,
  { partition, format, output: path }: DataExportFlags,
  asset: string,
): Promise<number> {
  if (path === undefined && cli.out.isTerminal) throw missingOutputError(asset, format)
  cli.interruption.watch("Stopping.")
  const output = path === undefined ? cli.out.write : resolve(cli.cwd, path)
  const services = await loadServices(cli)
  const document = await exportRows(services, { asset, partition, format, output })
  if (path === undefined) return exitCodes.done
  const name = formatAssetPartition(document.asset, document.partition)
  await printLines(cli.err, [
    `Wrote ${formatQuantity(document.rows, "row")} of ${name} to ${path}.`,
  ])
  return exitCodes.done
}

function missingOutputError(asset: string, format: ExportFormat): ProblemsError {
  const problem = {
    kind: "usage",
    message: "Refusing to print a whole dataset to a terminal.",
    hint: `Use --output ${asset}.${format} or a pipe; \`freshet data head ${asset}\` shows the first rows.`,
  }
  return new ProblemsError("usage", [problem])
}
