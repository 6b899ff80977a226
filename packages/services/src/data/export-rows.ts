import { randomUUID } from "node:crypto"
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"

import type { Asset } from "@freshet/core"
import { formatPartitionKey, type Problem, ProblemsError } from "@freshet/core/engine"

import type { ExportDocument, ExportFormat } from "../documents/export.ts"
import { requireIntactFiles } from "../lost-files.ts"
import { findRecord, readCurrentRecords } from "../materialization-records.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { type DataAccess, openData } from "./open-data.ts"
import { resolveStoredPartition } from "./stored-partition.ts"

/** A partition, a format, and the place to write to. */
export interface ExportRequest {
  readonly asset: string
  /** The newest stored partition unless given. */
  readonly partition?: string | undefined
  readonly format: ExportFormat
  /** An absolute path, or a function that accepts the bytes one chunk at a time. */
  readonly output: string | ((chunk: Uint8Array) => Promise<void>)
}

/** Writes the rows of a partition to a file or a stream. A file appears complete or not at all. */
export function exportRows(services: Services, request: ExportRequest): Promise<ExportDocument> {
  return services.withProject({}, async (project) => {
    const { format, output } = request
    const { asset, file, ...exportedPartition } = await findExportedFile(project, request)
    const source = { data: openData(project), asset, file, format }
    await (typeof output === "string"
      ? writeToFile(source, output)
      : writeToStream(source, output, project.config.home))
    return { asset: asset.name, format, ...exportedPartition }
  })
}

async function findExportedFile(project: Project, { asset: name, partition: key }: ExportRequest) {
  const asset = selectAsset(project, name)
  if (asset.kind === "source") throw sourceExportError(name)
  const partition = resolveStoredPartition(project, asset, key)
  const assetPartition = { asset: asset.name, partition }
  const record = findRecord(await readCurrentRecords(project, [assetPartition]), assetPartition)
  if (record === undefined) throw new TypeError(`${asset.name} ${partition} has no record`)
  await requireIntactFiles(project, [record])
  const { file, rows } = record
  return { asset, file, partition: formatPartitionKey(asset.partitions, partition), rows }
}

/** A stored file, and the format to convert it to. */
interface StoredRows {
  readonly data: DataAccess
  readonly asset: Asset
  readonly file: string
  readonly format: ExportFormat
}

async function writeToFile(source: StoredRows, output: string): Promise<void> {
  const partialPath = join(dirname(output), `.${randomUUID()}.part`)
  await mkdir(dirname(output), { recursive: true })
  try {
    await convertRows(source, partialPath)
    await rename(partialPath, output)
  } finally {
    await rm(partialPath, { force: true })
  }
}

async function convertRows({ data, asset, file, format }: StoredRows, path: string): Promise<void> {
  if (format === "parquet") await writeFile(path, data.store.read(file))
  else await data.exportRows({ asset: asset.name, file, format, output: path })
}

async function writeToStream(
  source: StoredRows,
  write: (chunk: Uint8Array) => Promise<void>,
  home: string,
): Promise<void> {
  const { data, file, format } = source
  if (format === "parquet") return writeChunks(data.store.read(file), write)
  const partialPath = join(home, "spill", `${randomUUID()}.${format}`)
  await mkdir(dirname(partialPath), { recursive: true })
  try {
    await convertRows(source, partialPath)
    const partialFile = await open(partialPath)
    await rm(partialPath)
    const chunks = partialFile.createReadStream({ highWaterMark: 1 << 18 })
    await writeChunks(chunks as AsyncIterable<Uint8Array>, write) // a stream without an encoding has bytes
  } finally {
    await rm(partialPath, { force: true })
  }
}

async function writeChunks(
  chunks: AsyncIterable<Uint8Array>,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  for await (const chunk of chunks) await write(chunk)
}

function sourceExportError(name: string): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` is a source: its files are in the landing zone, not in the lake.`,
    hint: `\`freshet data head ${name}\` shows its rows.`,
  }
  return new ProblemsError("usage", [problem])
}
