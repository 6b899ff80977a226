import type { Asset } from "@freshet/core"
import { formatPartitionKey, groupBy } from "@freshet/core/engine"
import type { Trace, TracedLine, TraceInput } from "@freshet/io"

import { resolveStoredPartition } from "../data/stored-partition.ts"
import type { ProvenanceDocument, ProvenanceLineDocument } from "../documents/provenance.ts"
import { requireIntactFiles } from "../lost-files.ts"
import { findRecord, readCurrentRecords } from "../materialization-records.ts"
import { usageError } from "../plan/target-problems.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { findAssetOfTable, parseRowKey } from "./find-row.ts"
import { findUpstreamGraph, formatInputId, type UpstreamGraph } from "./find-upstream-graph.ts"

/** A row of an asset or of its published table. */
export interface ProvenanceRequest {
  readonly table: string
  /** Values of the key in its order, or `column=value`. */
  readonly key: readonly string[]
  /** The newest stored partition unless given. */
  readonly partition?: string | undefined
  /** The number of lines in the document. */
  readonly limit: number
}

/** The lines that are left out one by one, the rows of a partition that are computed again, and the duration. */
const limits = { candidates: 10_000, rows: 50_000, joinedRows: 2000, ms: 120_000 }

/** Finds the landed lines that made a row: those without which the recorded inputs give another row. */
export function readProvenance(
  services: Services,
  request: ProvenanceRequest,
): Promise<ProvenanceDocument> {
  return services.withProject({}, async (project) => {
    const asset = findAssetOfTable(project, request.table)
    const key = parseRowKey(asset, request.key)
    const partition = resolveStoredPartition(project, asset, request.partition)
    return await traceStoredRow(project, { asset, partition, key, limit: request.limit })
  })
}

interface StoredRow {
  readonly asset: Asset
  readonly partition: number
  readonly key: Readonly<Record<string, string>>
  readonly limit: number
}

async function traceStoredRow(
  project: Project,
  { asset, partition: index, key, limit }: StoredRow,
): Promise<ProvenanceDocument> {
  const place = { asset: asset.name, partition: index }
  const record = findRecord(await readCurrentRecords(project, [place]), place)
  const partition = formatPartitionKey(asset.partitions, index)
  if (record === undefined) throw noRowError(asset.name, partition, key)
  await requireIntactFiles(project, [record])
  const upstream = await findUpstreamGraph(project, record)
  const { nodes, inputs } = upstream
  const target = { input: formatInputId(record), key }
  const trace = await project.runtime().engine.traceRow({ target, nodes, inputs, limits })
  const [row] = trace.rows
  if (row === undefined) throw noRowError(asset.name, partition, key)
  return {
    asset: asset.name,
    partition,
    key,
    row,
    steps: trace.steps.map(({ input, rows, count }) => ({ ...locate(inputs, input), count, rows })),
    lines: await readLines(project, upstream, trace.lines.slice(0, limit)),
    line_count: trace.lines.length,
    tested_lines: trace.candidates,
    without_lines: trace.outcome,
    stops: listStops(upstream, trace),
  }
}

function noRowError(asset: string, partition: string, key: StoredRow["key"]) {
  const text = Object.entries(key).map(([column, value]) => `${column} = ${value}`)
  return usageError({
    kind: "usage",
    asset,
    message: `\`${asset}\` ${partition} has no row with ${text.join(" and ")}.`,
    hint: `\`freshet data head ${asset} --partition ${partition}\` shows its rows.`,
  })
}

function locate(inputs: ReadonlyMap<string, TraceInput>, id: string) {
  const input = inputs.get(id)
  const asset = input?.kind === "landed" ? input.source.name : (input?.asset ?? id)
  return { asset, partition: input?.partition ?? "" }
}

/** Lists the partitions behind which lines were not searched, of those that have a part in the row. */
function listStops({ inputs, stops }: UpstreamGraph, trace: Trace): ProvenanceDocument["stops"] {
  const traced = new Set(trace.steps.map(({ input }) => input))
  return [
    ...stops.filter(({ input }) => traced.has(input) || trace.steps.length === 0),
    ...trace.stops,
  ].map(({ input, reason }) => ({ ...locate(inputs, input), reason }))
}

/** Reads the text of lines, file by file. */
async function readLines(
  project: Project,
  { inputs }: UpstreamGraph,
  lines: readonly TracedLine[],
): Promise<readonly ProvenanceLineDocument[]> {
  const { engine } = project.runtime()
  const documents: ProvenanceLineDocument[] = []
  for (const fileLines of groupBy(lines, ({ input, file }) => `${input} ${file}`).values()) {
    const [first] = fileLines
    const input = inputs.get(first?.input ?? "")
    if (first === undefined || input?.kind !== "landed") continue
    const file = input.files.find(({ path }) => path === first.file)
    if (file === undefined) continue
    const decisive = new Map(fileLines.map(({ ordinal, isDecisive }) => [ordinal, isDecisive]))
    const ordinals = [...decisive.keys()].toSorted((a, b) => a - b)
    const landedLines = await engine.readLandedLines({ source: input.source, file, ordinals })
    documents.push(
      ...landedLines.map(({ ordinal, line, text }) => ({
        source: input.source.name,
        partition: input.partition,
        file: file.path,
        line,
        text,
        decisive: decisive.get(ordinal) === true,
      })),
    )
  }
  return documents
}
