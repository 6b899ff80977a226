import { randomUUID } from "node:crypto"
import { copyFile, type FileHandle, mkdir, open, rename, rm } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"

import { type Problem, ProblemsError, partitionKey } from "@freshet/core"

import { readRecords, recordIn } from "../project/records.ts"
import { count } from "../render/amount.ts"
import { type CommandLine, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { namedAsset } from "./select.ts"
import { storedPartition } from "./stored-partition.ts"
import type { Data } from "./world.ts"

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
  if (flags.output === undefined && cli.out.isTerminal) throw nowhere(name, flags)
  const config = await cli.loadConfig()
  cli.interruption.watch("Stopping.")
  return cli.world.withData(config, cli.interruption.signal, async (project, data) => {
    const asset = namedAsset(project, name)
    if (asset.kind === "source") throw notMade(name)
    const partition = storedPartition(project, asset, flags.partition)
    const stored = { asset: asset.name, partition }
    const record = recordIn(await readRecords(project, [stored]), stored)
    if (record === undefined) throw notMade(name)
    const request = { asset: asset.name, file: record.file, format: flags.format }
    if (flags.output === undefined) await exportToPipe(cli, data, request, config.home)
    else {
      const output = resolve(cli.cwd, flags.output)
      await exportToFile(data, request, output)
      const key = partitionKey(asset.partitions, partition)
      await printLines(cli.err, [
        `Wrote ${count(record.rows)} rows of ${asset.name} ${key === "all" ? "" : `${key} `}to ${flags.output}.`,
      ])
    }
    return exitCodes.done
  })
}

interface Exported {
  readonly asset: string
  readonly file: string
  readonly format: DataExportFlags["format"]
}

/** The file appears whole or not at all. */
async function exportToFile(data: Data, request: Exported, output: string): Promise<void> {
  const partial = join(dirname(output), `.${randomUUID()}.part`)
  await mkdir(dirname(output), { recursive: true })
  try {
    await writeTo(data, request, partial)
    await rename(partial, output)
  } finally {
    await rm(partial, { force: true })
  }
}

async function writeTo(data: Data, request: Exported, output: string): Promise<void> {
  const { asset, file, format } = request
  if (format === "parquet") await copyFile(data.path(file), output)
  else await data.exportRows({ asset, file, format, output })
}

async function exportToPipe(
  cli: CommandLine,
  data: Data,
  request: Exported,
  home: string,
): Promise<void> {
  if (request.format === "parquet") return pipe(cli, await open(data.path(request.file)))
  const partial = join(home, "spill", `${randomUUID()}.${request.format}`)
  await mkdir(dirname(partial), { recursive: true })
  try {
    await writeTo(data, request, partial)
    const file = await open(partial)
    await rm(partial)
    await pipe(cli, file)
  } finally {
    await rm(partial, { force: true })
  }
}

async function pipe(cli: CommandLine, file: FileHandle): Promise<void> {
  for await (const chunk of file.createReadStream({ highWaterMark: 1 << 18 }))
    await cli.out.write(chunk as Uint8Array) // a stream without an encoding gives bytes
}

function nowhere(name: string, { format }: DataExportFlags): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: "A terminal is no place for a whole dataset.",
    hint: `Say --output ${name}.${format}, or pipe the command into something; \`freshet data head ${name}\` shows the first rows.`,
  }
  return new ProblemsError("usage", [problem])
}

function notMade(name: string): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` is a source: its files lie in the landing zone as they were landed.`,
    hint: `\`freshet data head ${name}\` shows how they are read.`,
  }
  return new ProblemsError("usage", [problem])
}
