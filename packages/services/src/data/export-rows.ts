import { randomUUID } from "node:crypto"
import { mkdir, open, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"

import type { Asset } from "@freshet/core"
import {
  formatPartitions,
  intersectRangeLists,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"

import { toSortedRanges } from "../asset-partitions.ts"
import type { ExportDocument, ExportFormat } from "../documents/export.ts"
import { requireIntactFiles } from "../lost-files.ts"
import { selectCurrentRecords } from "../materialization-records.ts"
import { moveFile, requireNewPath } from "../new-path.ts"
import { resolveRange } from "../plan/partition-arguments.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { type DataAccess, openData } from "./open-data.ts"
import { listStoredRanges, notStoredError, resolveStoredPartition } from "./stored-partition.ts"

/** Partitions, a format, and the place to write to. */
export interface ExportRequest {
  readonly asset: string
  /** A key, or `all` for every stored partition; the newest stored partition unless given. */
  readonly partition?: string | undefined
  /** The first stored partition of a range. */
  readonly from?: string | undefined
  /** The last stored partition of a range. */
  readonly to?: string | undefined
  readonly format: ExportFormat
  /** An absolute path, or a function that accepts the bytes one chunk at a time. */
  readonly output: string | ((chunk: Uint8Array) => Promise<void>)
  /** True if an existing file may be replaced. */
  readonly force: boolean
}

/** Writes the rows of partitions to a file or a stream. A file appears complete or not at all. */
export function exportRows(services: Services, request: ExportRequest): Promise<ExportDocument> {
  const { format, output, force } = request
  if (typeof output === "string") requireNewPath(output, force)
  return services.withProject({}, async (project) => {
    const asset = selectAsset(project, request.asset)
    if (asset.kind === "source") throw sourceExportError(asset.name)
    const ranges = listExportedRanges(project, asset, request)
    const records = await readRecords(project, asset, ranges)
    const files = records.map(({ file }) => file)
    const source = { data: openData(project), asset, files, format }
    await (typeof output === "string"
      ? writeToFile(source, output, force)
      : writeToStream(source, output, project.config.home))
    const partitions = formatPartitions(
      project.evaluation.graph,
      asset.name,
      toSortedRanges(records.map(({ partition }) => partition)),
    )
    const rows = records.reduce((sum, record) => sum + record.rows, 0)
    return { asset: asset.name, format, partitions, rows }
  })
}

/** Lists the stored partitions that a request names. */
function listExportedRanges(
  project: Project,
  asset: Asset,
  { partition, from, to }: ExportRequest,
): readonly PartitionRange[] {
  const requestedRange =
    from === undefined && to === undefined
      ? undefined
      : resolveRange(asset, { from, to, partition })
  if (requestedRange === undefined && partition !== "all") {
    const index = resolveStoredPartition(project, asset, partition)
    return [{ from: index, to: index }]
  }
  const stored = listStoredRanges(project, asset)
  const ranges =
    requestedRange === undefined ? stored : intersectRangeLists(stored, [requestedRange])
  if (ranges.length > 0) return ranges
  throw notStoredError(asset, [from, to].filter((key) => key !== undefined).join(" to "))
}

async function readRecords(project: Project, asset: Asset, ranges: readonly PartitionRange[]) {
  const assetRanges = ranges.map((range) => ({ asset: asset.name, range }))
  const materializations = await project.ledger.readMaterializations(assetRanges)
  const records = [...selectCurrentRecords(project.evaluation, materializations).values()]
  if (records.length === 0) throw notStoredError(asset, "")
  await requireIntactFiles(project, records)
  return records.toSorted((a, b) => a.partition - b.partition)
}

/** Stored files, and the format to convert them to. */
interface StoredRows {
  readonly data: DataAccess
  readonly asset: Asset
  readonly files: readonly string[]
  readonly format: ExportFormat
}

async function writeToFile(source: StoredRows, output: string, force: boolean): Promise<void> {
  const partialPath = join(dirname(output), `.${randomUUID()}.part`)
  await mkdir(dirname(output), { recursive: true })
  try {
    await convertRows(source, partialPath)
    await moveFile(partialPath, output, force)
  } finally {
    await rm(partialPath, { force: true })
  }
}

async function convertRows(source: StoredRows, path: string): Promise<void> {
  const { data, asset, files, format } = source
  const file = findStoredFile(source)
  if (file !== undefined) await writeFile(path, data.store.read(file))
  else await data.exportRows({ asset: asset.name, files, format, output: path })
}

/** Finds the file that has the requested format already: the Parquet file of a single partition. */
function findStoredFile({ files, format }: StoredRows): string | undefined {
  return format === "parquet" && files.length === 1 ? files[0] : undefined
}

async function writeToStream(
  source: StoredRows,
  write: (chunk: Uint8Array) => Promise<void>,
  home: string,
): Promise<void> {
  const { data, format } = source
  const file = findStoredFile(source)
  if (file !== undefined) return writeChunks(data.store.read(file), write)
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
