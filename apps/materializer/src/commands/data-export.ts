import { resolve } from "node:path"

import { formatQuantity, ProblemsError } from "@freshet/core/engine"
import {
  type ExportFormat,
  exportRows,
  findExportFormat,
  getExportExtension,
} from "@freshet/services"

import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface DataExportFlags {
  readonly partition?: string
  readonly from?: string
  readonly to?: string
  readonly format?: ExportFormat
  readonly output?: string
  readonly force: boolean
}

/** Writes the rows of partitions to a file or to standard output. */
export async function dataExport(
  cli: CommandLine,
  flags: DataExportFlags,
  asset: string,
): Promise<number> {
  const { output: path, ...request } = flags
  const format = flags.format ?? (path === undefined ? undefined : findExportFormat(path))
  if (format === undefined) throw missingFormatError(asset, path)
  if (path === undefined && cli.out.isTerminal) throw missingOutputError(asset, format)
  cli.interruption.watch("Stopping.")
  const output = path === undefined ? cli.out.write : resolve(cli.cwd, path)
  const services = await loadServices(cli)
  const document = await exportRows(services, { asset, ...request, format, output })
  if (path === undefined) return exitCodes.done
  const name = `${document.asset} ${document.partitions}`.trimEnd()
  await printLines(cli.err, [
    `Wrote ${formatQuantity(document.rows, "row")} of ${name} to ${path}.`,
  ])
  return exitCodes.done
}

function missingFormatError(asset: string, path: string | undefined): ProblemsError {
  const problem = {
    kind: "usage",
    message:
      path === undefined
        ? "The format of the export is missing."
        : `The name ${path} does not say the format of the export.`,
    hint: `\`freshet data export ${asset} --output ${asset}.parquet\` takes the format from the name; --format names it.`,
  }
  return new ProblemsError("usage", [problem])
}

function missingOutputError(asset: string, format: ExportFormat): ProblemsError {
  const file = `${asset}${getExportExtension(format)}`
  const problem = {
    kind: "usage",
    message: "Refusing to print a whole dataset to a terminal.",
    hint: `Use --output ${file} or a pipe; \`freshet data head ${asset}\` shows the first rows.`,
  }
  return new ProblemsError("usage", [problem])
}
