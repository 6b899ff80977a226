import type { SourceAsset } from "@freshet/core"
import {
  listPartitionsReading,
  listReadings,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"

import type { QuarantineDocument, QuarantinedLineDocument } from "../documents/quarantine.ts"
import { resolvePartition } from "../plan/partition-arguments.ts"
import { selectAsset } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"

/** A source, one of its partitions, and the number of lines to read. */
export interface QuarantineRequest {
  readonly source: string
  /** All partitions unless given. */
  readonly partition?: string | undefined
  readonly limit: number
}

/** Reads the first quarantined lines of a source. */
export function readQuarantine(
  services: Services,
  request: QuarantineRequest,
): Promise<QuarantineDocument> {
  return services.withProject({}, (project) => readProjectQuarantine(project, request))
}

async function readProjectQuarantine(
  project: Project,
  { source: name, partition: key, limit }: QuarantineRequest,
): Promise<QuarantineDocument> {
  const source = selectAsset(project, name)
  if (source.kind !== "source") throw notASourceError(name)
  const partition = key === undefined ? undefined : resolvePartition(project, source, key)
  const isIncluded = createLineFilter(project, source, partition)
  const lines: QuarantinedLineDocument[] = []
  for (const file of await listQuarantineFiles(project, source, { partition, limit })) {
    if (lines.length > limit) break
    if (!(await project.store.exists(file))) continue
    const bytes = project.store.read(file)
    lines.push(...(await readLines(bytes, isIncluded, limit + 1 - lines.length)))
  }
  return { source: source.name, lines: lines.slice(0, limit), more: lines.length > limit }
}

/** Lists the quarantine files of all steps that read the source, or one partition of it. */
function listQuarantineFiles(
  { graph, ledger }: Project,
  source: SourceAsset,
  { partition, limit }: { readonly partition: number | undefined; readonly limit: number },
): Promise<readonly string[]> {
  const readers = new Map<string, PartitionRange | undefined>()
  for (const computation of graph.computations)
    for (const { asset, mapping } of listReadings(graph, computation))
      if (asset.name === source.name)
        readers.set(
          computation.name,
          partition === undefined ? undefined : listPartitionsReading(mapping, partition),
        )
  return ledger.listQuarantineFiles({ source: source.name, readers, limit: limit + 1 })
}

/** Creates a filter for the lines of one partition, because a step may read several. */
function createLineFilter(
  { evaluation }: Project,
  source: SourceAsset,
  partition: number | undefined,
): (line: QuarantinedLineDocument) => boolean {
  if (partition === undefined) return () => true
  const files = evaluation.landing.get(source.name)?.get(partition)?.files ?? []
  const paths = new Set(files.map(({ path }) => path))
  return ({ file }) => paths.has(file)
}

async function readLines(
  bytes: AsyncIterable<Uint8Array>,
  isIncluded: (line: QuarantinedLineDocument) => boolean,
  limit: number,
): Promise<readonly QuarantinedLineDocument[]> {
  const lines: QuarantinedLineDocument[] = []
  for await (const text of splitLines(bytes)) {
    if (lines.length >= limit) break
    const line = JSON.parse(text) as QuarantinedLineDocument // the engine wrote the file
    if (isIncluded(line)) lines.push(line)
  }
  return lines
}

async function* splitLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let partialLine = ""
  for await (const chunk of bytes) {
    const lines = (partialLine + decoder.decode(chunk, { stream: true })).split("\n")
    partialLine = lines.pop() ?? ""
    yield* lines
  }
  if (partialLine !== "") yield partialLine
}

function notASourceError(name: string): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` is not a source: only lines of landed files are quarantined.`,
    hint: "`freshet assets kind:source` lists the sources.",
  }
  return new ProblemsError("usage", [problem])
}
