import { open } from "node:fs/promises"

import {
  type PartitionRange,
  type Problem,
  ProblemsError,
  type SourceAsset,
  partitionsReading,
  readingsOf,
} from "@freshet/core"

import type { Project } from "../project/project.ts"
import { counted } from "../render/amount.ts"
import { quarantineLines, type QuarantinedLine } from "../render/quarantine.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { namedAsset } from "./select.ts"
import { partitionOf } from "./targets.ts"

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
  const config = await cli.loadConfig()
  return cli.world.withData(config, cli.interruption.signal, async (project, data) => {
    const source = namedAsset(project, name)
    if (source.kind !== "source") throw notASource(name)
    const keys = await quarantineFiles(project, source, flags)
    const files = keys.map((key) => data.path(key))
    const lines: QuarantinedLine[] = []
    for (const file of files) {
      if (lines.length > flags.limit) break
      const isMeant = meantLines(project, source, flags.partition)
      lines.push(...(await readLines(file, isMeant, flags.limit + 1 - lines.length)))
    }
    await show(cli, flags, lines)
    return exitCodes.done
  })
}

async function show(
  cli: CommandLine,
  { limit, json }: DataQuarantineFlags,
  found: readonly QuarantinedLine[],
): Promise<void> {
  const lines = found.slice(0, limit)
  const more = found.length > limit
  if (json) return printJson(cli.out, { lines, more })
  await printLines(cli.out, quarantineLines(lines, cli.out.look))
  if (more) await printLines(cli.err, [`The first ${counted(limit, "line")}; --limit shows more.`])
}

/** The files of lines set aside of everything that was made, or refused, from the source, or from one partition of it. */
async function quarantineFiles(
  project: Project,
  source: SourceAsset,
  { partition: key, limit }: DataQuarantineFlags,
): Promise<readonly string[]> {
  const partition = key === undefined ? undefined : partitionOf(project, source, key)
  const readers = new Map<string, PartitionRange | undefined>()
  for (const computation of project.graph.computations)
    for (const { asset, mapping } of readingsOf(project.graph, computation))
      if (asset.name === source.name)
        readers.set(
          computation.name,
          partition === undefined ? undefined : partitionsReading(mapping, partition),
        )
  return project.history.quarantineFiles({ source: source.name, readers, limit: limit + 1 })
}

/** A step may have read other partitions of the source as well. */
function meantLines(
  project: Project,
  source: SourceAsset,
  key: string | undefined,
): (line: QuarantinedLine) => boolean {
  if (key === undefined) return () => true
  const landed = project.evaluation.landing.get(source.name)
  const files = landed?.get(partitionOf(project, source, key))?.files ?? []
  const paths = new Set(files.map(({ path }) => path))
  return ({ file }) => paths.has(file)
}

async function readLines(
  path: string,
  isMeant: (line: QuarantinedLine) => boolean,
  limit: number,
): Promise<readonly QuarantinedLine[]> {
  const file = await open(path).catch(() => undefined) // most partitions have none
  if (file === undefined) return []
  const lines: QuarantinedLine[] = []
  try {
    for await (const line of file.readLines()) {
      if (lines.length >= limit) break
      const parsed = JSON.parse(line) as QuarantinedLine // the file is the engine's own
      if (isMeant(parsed)) lines.push(parsed)
    }
  } finally {
    await file.close().catch(() => {}) // reading to the end has closed it already
  }
  return lines
}

function notASource(name: string): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` is made by Freshet: only lines that others land are quarantined.`,
    hint: "`freshet assets kind:source` lists the sources.",
  }
  return new ProblemsError("usage", [problem])
}
