import { hash } from "node:crypto"

import type { SourceAsset } from "@freshet/core"
import {
  FreshetError,
  type LandedFile,
  type LandedPartition,
  type Landing,
  type Problem,
} from "@freshet/core/engine"

import { hasHeader } from "../input/csv-syntax.ts"
import type { HashChanges, ListedFile, HashedFile } from "./hashed-file.ts"
import { findHeaderProblems } from "./header-problems.ts"
import type { LandingZone } from "./landing-zone.ts"
import { formatReadFailure } from "./list-folder.ts"
import { listLanding, type ListedPartition } from "./list-landing.ts"
import { createUnreadableProblem, type PartitionProblem } from "./partition-files.ts"
import { toPartitionProblem } from "./unrecognized-names.ts"

/** The content of the landing zone, its problems, and the hashes to store. */
export interface LandingObservation {
  readonly landing: Landing
  /** Of kind `landing_name`: a warning. Of kind `landing_twice`, `landing_unreadable`: partitions are blocked. Of kind `landing_missing`: nothing is known. */
  readonly problems: readonly Problem[]
  readonly hashChanges: HashChanges
}

/** The landing zone to observe, with all its sources. */
export interface ObserveOptions {
  readonly sources: readonly SourceAsset[]
  readonly zone: LandingZone
  /** Path → hashed file, from earlier observations. */
  readonly hashedFiles: ReadonlyMap<string, HashedFile>
  readonly nowMs: number
}

/**
 * Observes the files of sources and writes nothing to the landing zone. A file is read only if no stored hash
 * matches its size, identity and times.
 */
export async function observeLanding(options: ObserveOptions): Promise<LandingObservation> {
  const { sources, zone, hashedFiles } = options
  const listing = await listLanding(sources, zone, hashedFiles)
  if (listing === undefined) return observeMissingLanding(options)
  const files = listing.partitions.flatMap((partition) => partition.files)
  const { newlyHashed, problems } = await hashNewFiles(
    files,
    options,
    listHeaderPaths(listing.partitions),
  )
  const partitions = listing.partitions.map((partition) => addProblem(partition, problems))
  const findHashedFile = (path: string) => newlyHashed.get(path) ?? hashedFiles.get(path)
  return {
    landing: toLanding(sources, partitions, findHashedFile),
    problems: [
      ...partitions.flatMap(({ source, problem }) =>
        problem === undefined ? [] : [toPartitionProblem(source, problem)],
      ),
      ...findHeaderProblems(partitions, findHashedFile),
      ...listing.problems,
    ],
    hashChanges: {
      addedFiles: new Map(
        [...newlyHashed].filter(([, { changedMs }]) => isSettled(changedMs, options)),
      ),
      removedPaths: listRemovedPaths(partitions, options),
    },
  }
}

/** Lists the files with a header line. */
function listHeaderPaths(partitions: readonly ListedPartition[]): ReadonlySet<string> {
  return new Set(
    partitions.flatMap(({ source, files }) =>
      hasHeader(source) ? files.map(({ path }) => path) : [],
    ),
  )
}

/** Adds the problem of a file that could not be hashed to its partition. */
function addProblem(
  partition: ListedPartition,
  problems: ReadonlyMap<string, PartitionProblem>,
): ListedPartition {
  if (problems.size === 0) return partition
  const problem = partition.files.flatMap(({ path }) => problems.get(path) ?? [])[0]
  return problem === undefined ? partition : { ...partition, problem }
}

function observeMissingLanding({ sources, zone }: ObserveOptions): LandingObservation {
  const problem: Problem = {
    kind: "landing_missing",
    message: `There is no landing zone at ${zone.locate()}.`,
    hint: zone.missingHint,
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

interface NewHashes {
  readonly newlyHashed: ReadonlyMap<string, ListedFile & HashedFile>
  /** Path → the reason why the file has no hash. */
  readonly problems: ReadonlyMap<string, PartitionProblem>
}

async function hashNewFiles(
  files: readonly ListedFile[],
  options: ObserveOptions,
  headerPaths: ReadonlySet<string>,
): Promise<NewHashes> {
  const newFiles = files.filter((file) => !isHashed(file, options)).values()
  const newlyHashed = new Map<string, ListedFile & HashedFile>()
  const problems = new Map<string, PartitionProblem>()
  const hashNext = async () => {
    for (const file of newFiles) {
      const { path } = file
      const hashedFile = await options.zone.identify(file).catch(toHashProblem(path))
      if ("kind" in hashedFile) problems.set(path, hashedFile)
      else if (!headerPaths.has(path)) newlyHashed.set(path, hashedFile)
      else {
        const header = await options.zone.readHeader(hashedFile)
        newlyHashed.set(path, { ...hashedFile, header })
      }
    }
  }
  await Promise.all(Array.from({ length: readersAtOnce }, hashNext))
  return { newlyHashed, problems }
}

function toHashProblem(path: string): (cause: unknown) => PartitionProblem {
  return (cause) => {
    if (!(cause instanceof FreshetError) || cause.code !== "input") throw cause
    const reason =
      cause.cause === undefined ? "changes while it is read" : formatReadFailure(cause.cause)
    return createUnreadableProblem(path, reason, cause.hint)
  }
}

/** The age below which a file's hash is not stored: file systems have a time resolution of milliseconds, network ones of seconds, so that a young file may change unnoticed. */
const settlingMs = 3_000

function isSettled(changedMs: number, { nowMs }: ObserveOptions): boolean {
  return changedMs < nowMs - settlingMs
}

/** A file that cannot be read now is remembered, since it shows which partition it belongs to. */
function listRemovedPaths(
  partitions: readonly ListedPartition[],
  { hashedFiles }: ObserveOptions,
): string[] {
  const paths = new Set(partitions.flatMap(({ files }) => files.map(({ path }) => path)))
  const unusablePaths = partitions.flatMap(({ problem }) => problem?.paths ?? [])
  const isUnusable = (path: string) =>
    unusablePaths.some((unusable) => path === unusable || path.startsWith(`${unusable}/`))
  return [...hashedFiles.keys()].filter((path) => !paths.has(path) && !isUnusable(path))
}

/** The version of files that cannot be used; nothing is computed from it. */
const unusableVersion = "unusable"

function toLanding(
  sources: readonly SourceAsset[],
  partitions: readonly ListedPartition[],
  findHashedFile: (path: string) => HashedFile | undefined,
): Landing {
  const landing = new Map(sources.map(({ name }) => [name, new Map<number, LandedPartition>()]))
  for (const { source, partition, files, problem } of partitions) {
    if (problem !== undefined) {
      const unusable = { files: [], version: unusableVersion, problem: problem.message }
      landing.get(source.name)?.set(partition, unusable)
      continue
    }
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

/** Computes the version of a partition from the content of its files, independent of their names. */
function hashFiles(files: readonly LandedFile[]): string {
  return hash("sha256", files.map((file) => `${file.hash}\n`).join(""))
}
