import { hash } from "node:crypto"
import { existsSync } from "node:fs"

import type { LandedFile, LandedPartition, Landing, Problem, SourceAsset } from "@freshet/core"

import { contentHash } from "./content-hash.ts"
import { findLanded, type FoundPartition } from "./find-landed.ts"
import type { LandingMemory, ListedFile, RememberedFile } from "./landed-files.ts"

/** What lies in the landing zone now, what is wrong with it, and what to remember of it. */
export interface LandingObservation {
  readonly landing: Landing
  /** Of kind `landing_name`: worth a warning. Of kind `landing_twice`, `landing_missing`: what the landing zone holds is not certain. */
  readonly problems: readonly Problem[]
  readonly memory: LandingMemory
}

/** The landing zone to observe, with every source that lies there. */
export interface ObserveOptions {
  readonly sources: readonly SourceAsset[]
  readonly folder: string
  /** Path → file, from earlier observations. */
  readonly remembered: ReadonlyMap<string, RememberedFile>
  readonly nowMs: number
}

/** Observes the files of sources; nothing is written to the landing zone. A file is read only when it is not remembered just as it is now. */
export async function observeLanding(options: ObserveOptions): Promise<LandingObservation> {
  if (!existsSync(options.folder)) return nothingThere(options)
  const { partitions, problems } = findLanded(options.sources, options.folder)
  const files = partitions.flatMap((found) => found.files)
  const read = await readUnknown(files, options)
  const known = (path: string) => read.get(path) ?? options.remembered.get(path)
  return {
    landing: landingOf(options.sources, partitions, known),
    problems,
    memory: {
      learned: new Map([...read].filter(([, { changedMs }]) => isSettled(changedMs, options))),
      gone: gonePaths(files, options),
    },
  }
}

function nothingThere({ sources, folder }: ObserveOptions): LandingObservation {
  const missing: Problem = {
    kind: "landing_missing",
    message: `There is no landing zone at ${folder}.`,
    hint: "Make that folder, or set FRESHET_LANDING to the one where files are landed.",
  }
  return {
    landing: landingOf(sources, [], () => undefined),
    problems: [missing],
    memory: { learned: new Map(), gone: [] },
  }
}

function isRemembered(file: ListedFile, { remembered }: ObserveOptions): boolean {
  const known = remembered.get(file.path)
  return known?.identity === file.identity && known.bytes === file.bytes
}

const readersAtOnce = 4

async function readUnknown(
  files: readonly ListedFile[],
  options: ObserveOptions,
): Promise<ReadonlyMap<string, ListedFile & RememberedFile>> {
  const unknown = files.filter((file) => !isRemembered(file, options)).values()
  const read = new Map<string, ListedFile & RememberedFile>()
  const reader = async () => {
    for (const { path } of unknown) read.set(path, await contentHash(options.folder, path))
  }
  await Promise.all(Array.from({ length: readersAtOnce }, reader))
  return read
}

/** File systems keep times only to some milliseconds, network ones to a second or two: a file as young as that may change unnoticed. */
const settlingMs = 3_000

function isSettled(changedMs: number, { nowMs }: ObserveOptions): boolean {
  return changedMs < nowMs - settlingMs
}

function gonePaths(files: readonly ListedFile[], { remembered }: ObserveOptions): string[] {
  const there = new Set(files.map(({ path }) => path))
  return [...remembered.keys()].filter((path) => !there.has(path))
}

function landingOf(
  sources: readonly SourceAsset[],
  partitions: readonly FoundPartition[],
  known: (path: string) => RememberedFile | undefined,
): Landing {
  const landing = new Map(sources.map(({ name }) => [name, new Map<number, LandedPartition>()]))
  for (const { source, partition, files } of partitions) {
    const landed = files.flatMap(({ path }) => landedFile(path, known(path)))
    landing.get(source.name)?.set(partition, { files: landed, version: versionOf(landed) })
  }
  return landing
}

function landedFile(path: string, known: RememberedFile | undefined): readonly LandedFile[] {
  return known === undefined ? [] : [{ path, hash: known.hash, bytes: known.bytes }]
}

/** Only content counts: the same bytes under another name are the same version. */
function versionOf(files: readonly LandedFile[]): string {
  return hash("sha256", files.map((file) => `${file.hash}\n`).join(""))
}
