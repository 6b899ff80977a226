import { randomUUID } from "node:crypto"
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"

import { formatCount, formatPartitionKey, type Problem, ProblemsError } from "@freshet/core/engine"
import {
  openData,
  type DataAccess,
  findRecord,
  readCurrentRecords,
  resolveStoredPartition,
  selectAsset,
} from "@freshet/services"

import { type CommandLine, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export const exportFormats = ["parquet", "arrow", "csv", "jsonl"] as const

export interface DataExportFlags {
  readonly partition?: string
  readonly format: (typeof exportFormats)[number]
  readonly output?: string
}

/** Writes the rows of a partition to a file, or to the pipe that the command stands in. */
export async function dataExport(
  cli: CommandLine,
  flags: DataExportFlags,
  name: string,
): Promise<number> {
  if (flags.output === undefined && cli.out.isTerminal) throw missingOutputError(name, flags)
  const services = await loadServices(cli)
  cli.interruption.watch("Stopping.")
  return services.withProject({}, async (project) => {
    const data = openData(project)
    const asset = selectAsset(project, name)
    if (asset.kind === "source") throw sourceExportError(name)
    const partition = resolveStoredPartition(project, asset, flags.partition)
    const assetPartition = { asset: asset.name, partition }
    const record = findRecord(await readCurrentRecords(project, [assetPartition]), assetPartition)
    if (record === undefined) throw sourceExportError(name)
    const request = { asset: asset.name, file: record.file, format: flags.format }
    if (flags.output === undefined) await exportToPipe(cli, data, request, services.config.home)
    else {
      const output = resolve(cli.cwd, flags.output)
      await exportToFile(data, request, output)
      const key = formatPartitionKey(asset.partitions, partition)
      await printLines(cli.err, [
        `Wrote ${formatCount(record.rows)} rows of ${asset.name} ${key === "all" ? "" : `${key} `}to ${flags.output}.`,
      ])
    }
    return exitCodes.done
  })
}

interface ExportedFile {
  readonly asset: string
  readonly file: string
  readonly format: DataExportFlags["format"]
}

/** The file appears whole or not at all. */
async function exportToFile(
  data: DataAccess,
  request: ExportedFile,
  output: string,
): Promise<void> {
  const partialPath = join(dirname(output), `.${randomUUID()}.part`)
  await mkdir(dirname(output), { recursive: true })
  try {
    await writeExport(data, request, partialPath)
    await rename(partialPath, output)
  } finally {
    await rm(partialPath, { force: true })
  }
}

async function writeExport(data: DataAccess, request: ExportedFile, output: string): Promise<void> {
  const { asset, file, format } = request
  if (format === "parquet") await writeFile(output, data.store.read(file))
  else await data.exportRows({ asset, file, format, output })
}

async function exportToPipe(
  cli: CommandLine,
  data: DataAccess,
  request: ExportedFile,
  home: string,
): Promise<void> {
  if (request.format === "parquet") return writeToPipe(cli, data.store.read(request.file))
  const partialPath = join(home, "spill", `${randomUUID()}.${request.format}`)
  await mkdir(dirname(partialPath), { recursive: true })
  try {
    await writeExport(data, request, partialPath)
    const file = await open(partialPath)
    await rm(partialPath)
    // a stream without an encoding gives bytes
    await writeToPipe(
      cli,
      file.createReadStream({ highWaterMark: 1 << 18 }) as AsyncIterable<Uint8Array>,
    )
  } finally {
    await rm(partialPath, { force: true })
  }
}

async function writeToPipe(cli: CommandLine, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) await cli.out.write(chunk)
}

function missingOutputError(name: string, { format }: DataExportFlags): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: "A terminal is no place for a whole dataset.",
    hint: `Say --output ${name}.${format}, or pipe the command into something; \`freshet data head ${name}\` shows the first rows.`,
  }
  return new ProblemsError("usage", [problem])
}

function sourceExportError(name: string): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` is a source: its files lie in the landing zone as they were landed.`,
    hint: `\`freshet data head ${name}\` shows how they are read.`,
  }
  return new ProblemsError("usage", [problem])
}
