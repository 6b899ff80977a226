import type { SourceAsset } from "@freshet/core"
import {
  formatQuantity,
  listPartitionsReading,
  listReadings,
  type PartitionRange,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"
import { openData, type Project, resolvePartition, selectAsset } from "@freshet/services"

import { formatQuarantine, type QuarantinedLine } from "../render/quarantine.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface DataQuarantineFlags {
  readonly partition?: string
  readonly limit: number
  readonly json: boolean
}

/** Shows the lines of a source that could not be taken, with file, line number and reason. */
export async function dataQuarantine(
  cli: CommandLine,
  flags: DataQuarantineFlags,
  name: string,
): Promise<number> {
  const services = await loadServices(cli)
  return services.withProject({}, async (project) => {
    const data = openData(project)
    const source = selectAsset(project, name)
    if (source.kind !== "source") throw notASourceError(name)
    const keys = await listSourceQuarantineFiles(project, source, flags)
    const lines: QuarantinedLine[] = []
    for (const key of keys) {
      if (lines.length > flags.limit) break
      if (!(await data.store.exists(key))) continue
      const isIncluded = createLineFilter(project, source, flags.partition)
      const bytes = data.store.read(key)
      lines.push(...(await readQuarantinedLines(bytes, isIncluded, flags.limit + 1 - lines.length)))
    }
    await printQuarantine(cli, flags, lines)
    return exitCodes.done
  })
}

async function printQuarantine(
  cli: CommandLine,
  { limit, json }: DataQuarantineFlags,
  quarantinedLines: readonly QuarantinedLine[],
): Promise<void> {
  const lines = quarantinedLines.slice(0, limit)
  const hasMore = quarantinedLines.length > limit
  if (json) return printJson(cli.out, { lines, more: hasMore })
  await printLines(cli.out, formatQuarantine(lines, cli.out.style))
  if (hasMore)
    await printLines(cli.err, [`The first ${formatQuantity(limit, "line")}; --limit shows more.`])
}

/** The files of lines set aside of everything that was made, or refused, from the source, or from one partition of it. */
async function listSourceQuarantineFiles(
  project: Project,
  source: SourceAsset,
  { partition: key, limit }: DataQuarantineFlags,
): Promise<readonly string[]> {
  const partition = key === undefined ? undefined : resolvePartition(project, source, key)
  const readers = new Map<string, PartitionRange | undefined>()
  for (const computation of project.graph.computations)
    for (const { asset, mapping } of listReadings(project.graph, computation))
      if (asset.name === source.name)
        readers.set(
          computation.name,
          partition === undefined ? undefined : listPartitionsReading(mapping, partition),
        )
  return project.ledger.listQuarantineFiles({ source: source.name, readers, limit: limit + 1 })
}

/** A step may have read other partitions of the source as well. */
function createLineFilter(
  project: Project,
  source: SourceAsset,
  key: string | undefined,
): (line: QuarantinedLine) => boolean {
  if (key === undefined) return () => true
  const landed = project.evaluation.landing.get(source.name)
  const files = landed?.get(resolvePartition(project, source, key))?.files ?? []
  const paths = new Set(files.map(({ path }) => path))
  return ({ file }) => paths.has(file)
}

async function readQuarantinedLines(
  bytes: AsyncIterable<Uint8Array>,
  isIncluded: (line: QuarantinedLine) => boolean,
  limit: number,
): Promise<readonly QuarantinedLine[]> {
  const lines: QuarantinedLine[] = []
  for await (const line of splitLines(bytes)) {
    if (lines.length >= limit) break
    const quarantinedLine = JSON.parse(line) as QuarantinedLine // the file is the engine's own
    if (isIncluded(quarantinedLine)) lines.push(quarantinedLine)
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
    message: `\`${name}\` is made by Freshet: only lines that others land are quarantined.`,
    hint: "`freshet assets kind:source` lists the sources.",
  }
  return new ProblemsError("usage", [problem])
}
