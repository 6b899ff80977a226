import { hash } from "node:crypto"
import { existsSync } from "node:fs"

import type { SourceAsset } from "@freshet/core"
import type { LandedFile, LandedPartition, Landing, Problem } from "@freshet/core/engine"

import { hashContent } from "./content-hash.ts"
import type { HashChanges, ListedFile, HashedFile } from "./hashed-file.ts"
import { listLanding, type ListedPartition } from "./list-landing.ts"

/** The content of the landing zone, its problems, and the hashes to store. */
export interface LandingObservation {
  readonly landing: Landing
  /** Of kind `landing_name`: worth a warning. Of kind `landing_twice`, `landing_missing`: what the landing zone holds is not certain. */
  readonly problems: readonly Problem[]
  readonly hashChanges: HashChanges
}

/** The landing zone to observe, with every source that lies there. */
export interface ObserveOptions {
  readonly sources: readonly SourceAsset[]
  readonly folder: string
  /** Path → file, from earlier observations. */
  readonly hashedFiles: ReadonlyMap<string, HashedFile>
  readonly nowMs: number
}

/**
 * Observes the files of sources and writes nothing to the landing zone. A file is read only if no stored hash
 * matches its size, identity and times.
 */
export async function observeLanding(options: ObserveOptions): Promise<LandingObservation> {
  if (!existsSync(options.folder)) return observeMissingLanding(options)
  const { partitions, problems } = listLanding(options.sources, options.folder)
  const files = partitions.flatMap((partition) => partition.files)
  const newlyHashed = await hashNewFiles(files, options)
  const findHashedFile = (path: string) => newlyHashed.get(path) ?? options.hashedFiles.get(path)
  return {
    landing: toLanding(options.sources, partitions, findHashedFile),
    problems,
    hashChanges: {
      addedFiles: new Map(
        [...newlyHashed].filter(([, { changedMs }]) => isSettled(changedMs, options)),
      ),
      removedPaths: listRemovedPaths(files, options),
    },
  }
}

function observeMissingLanding({ sources, folder }: ObserveOptions): LandingObservation {
  const problem: Problem = {
    kind: "landing_missing",
    message: `There is no landing zone at ${folder}.`,
    hint: "Make that folder, or set FRESHET_LANDING to the one where files are landed.",
  }
  return {
    landing: toLanding(sources, [], () => undefined),
    problems: [problem],
    hashChanges: { addedFiles: new Map(), removedPaths: [] },
  }
}

function isHashed(file: ListedFile, { hashedFiles }: ObserveOptions): boolean {
  const hashedFile = hashedFiles.get(file.path)
  return hashedFile?.identity === file.identity && hashedFile.bytes === file.bytes
}

const readersAtOnce = 4

async function hashNewFiles(
  files: readonly ListedFile[],
  options: ObserveOptions,
): Promise<ReadonlyMap<string, ListedFile & HashedFile>> {
  const newFiles = files.filter((file) => !isHashed(file, options)).values()
  const newlyHashed = new Map<string, ListedFile & HashedFile>()
  const hashNext = async () => {
    for (const { path } of newFiles) newlyHashed.set(path, await hashContent(options.folder, path))
  }
  await Promise.all(Array.from({ length: readersAtOnce }, hashNext))
  return newlyHashed
}

/** File systems keep times only to some milliseconds, network ones to a second or two: a file as young as that may change unnoticed. */
const settlingMs = 3_000

function isSettled(changedMs: number, { nowMs }: ObserveOptions): boolean {
  return changedMs < nowMs - settlingMs
}

function listRemovedPaths(files: readonly ListedFile[], { hashedFiles }: ObserveOptions): string[] {
  const paths = new Set(files.map(({ path }) => path))
  return [...hashedFiles.keys()].filter((path) => !paths.has(path))
}

function toLanding(
  sources: readonly SourceAsset[],
  partitions: readonly ListedPartition[],
  findHashedFile: (path: string) => HashedFile | undefined,
): Landing {
  const landing = new Map(sources.map(({ name }) => [name, new Map<number, LandedPartition>()]))
  for (const { source, partition, files } of partitions) {
    const landedFiles = files.flatMap(({ path }) => toLandedFiles(path, findHashedFile(path)))
    landing
      .get(source.name)
      ?.set(partition, { files: landedFiles, version: hashFiles(landedFiles) })
  }
  return landing
}

function toLandedFiles(path: string, hashedFile: HashedFile | undefined): readonly LandedFile[] {
  return hashedFile === undefined ? [] : [{ path, hash: hashedFile.hash, bytes: hashedFile.bytes }]
}

/** Only content counts: the same bytes under another name are the same version. */
function hashFiles(files: readonly LandedFile[]): string {
  return hash("sha256", files.map((file) => `${file.hash}\n`).join(""))
}
