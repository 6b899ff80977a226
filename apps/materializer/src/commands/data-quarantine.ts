import { open } from "node:fs/promises"

import { type Problem, ProblemsError, type SourceAsset, partitionKey } from "@freshet/core"
import { quarantineKey } from "@freshet/io"

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
    const partitions = chosenPartitions(project, source, flags.partition)
    const files = partitions.flatMap((partition) =>
      quarantineKeys(project, source, partition).map((key) => data.path(key)),
    )
    const lines: QuarantinedLine[] = []
    for (const file of files) {
      if (lines.length > flags.limit) break
      lines.push(...(await readLines(file, flags.limit + 1 - lines.length)))
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

function chosenPartitions(
  project: Project,
  source: SourceAsset,
  key: string | undefined,
): readonly number[] {
  if (key !== undefined) return [partitionOf(project, source, key)]
  const landed = [...(project.evaluation.landing.get(source.name)?.keys() ?? [])]
  return landed.toSorted((a, b) => b - a)
}

/** The quarantine files of everything that was made, or refused, from a partition of the source. */
function quarantineKeys(
  { graph, evaluation }: Project,
  source: SourceAsset,
  partition: number,
): readonly string[] {
  const { materializations, failures } = evaluation.snapshot
  const keys = graph.computations
    .filter(({ reads }) => reads.some((read) => read.asset?.name === source.name))
    .flatMap(({ name, outputs }) => [
      materializations.get(outputs[0]?.asset ?? "")?.get(partition)?.inputVersion ?? [],
      failures.get(name)?.get(partition)?.inputVersion ?? [],
    ])
    .flat()
  const day = partitionKey(source.partitions, partition)
  return [...new Set(keys)].map((version) => quarantineKey(source.name, day, version))
}

async function readLines(path: string, limit: number): Promise<readonly QuarantinedLine[]> {
  const file = await open(path).catch(() => undefined) // most partitions have none
  if (file === undefined) return []
  const lines: QuarantinedLine[] = []
  try {
    for await (const line of file.readLines()) {
      if (lines.length >= limit) break
      lines.push(JSON.parse(line) as QuarantinedLine) // the file is the engine's own
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
