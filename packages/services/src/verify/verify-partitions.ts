import type { Asset } from "@freshet/core"
import {
  type Computation,
  countPartitions,
  createRandom,
  getOutputs,
  intersectRangeLists,
  listPartitions,
  listRangesWhere,
  type MaterializationRecord,
  type PartitionRange,
  stateFlags,
} from "@freshet/core/engine"

import { selectCurrentRecords } from "../materialization-records.ts"
import type { Project } from "../project.ts"
import { isStillRecorded, recomputePartition, type RecomputeResult } from "./recomputation.ts"
import { samplePartitions } from "./sample-partitions.ts"

/** What is to be looked at, and how closely. */
export interface VerificationRequest {
  /** Computation → the partitions meant. */
  readonly targets: ReadonlyMap<Computation, readonly PartitionRange[]>
  readonly percent: number
  readonly seed: number
  /** Whether every kept file is read instead of some fresh partitions being made again. */
  readonly files: boolean
  readonly onProgress: (progress: VerificationProgress) => void
}

/** How far it is, of partitions to be made again or of partitions whose files are looked at. */
export interface VerificationProgress {
  readonly phase: "files" | "partitions"
  readonly done: number
  readonly total: number
}

/** What was found to be other than recorded: of which partition, and what. */
export interface VerificationFinding {
  readonly computation: Computation
  readonly partition: number
  readonly result: Exclude<RecomputeResult, { kind: "same" | "replaced" }>
}

/** What came of it. */
export interface VerificationReport {
  /** How many of the partitions meant are fresh, or with `files` kept at all, and how many of them were made again. */
  readonly partitions: number
  /** Of how many assets they are. */
  readonly assets: number
  readonly recomputed: number
  readonly files: number
  readonly findings: readonly VerificationFinding[]
}

/** Looks for the files of all fresh partitions, and makes a sample of them again; or reads all files. */
export async function verifyPartitions(
  project: Project,
  request: VerificationRequest,
): Promise<VerificationReport> {
  const { evaluation } = project
  const stateFlag = request.files ? stateFlags.materialized : stateFlags.fresh
  const selectedRanges = new Map(
    [...request.targets].map(([computation, targetRanges]) => {
      const ranges = listRangesWhere(evaluation, computation, (bits) => (bits & stateFlag) !== 0)
      return [computation, intersectRangeLists(ranges, targetRanges)] as const
    }),
  )
  const partitions = countAllPartitions(selectedRanges)
  const assets = [...selectedRanges].flatMap(([{ outputs }, { length }]) =>
    length > 0 ? outputs : [],
  ).length
  const { files, findings } = await checkFiles(project, request, selectedRanges)
  const computations = [...selectedRanges.keys()]
  if (request.files)
    return {
      partitions,
      assets,
      recomputed: 0,
      files,
      findings: sortFindings(findings, computations),
    }
  const reportedIds = new Set(findings.map(formatPartitionId))
  const sample = await recomputeSample(project, request, {
    fresh: selectedRanges,
    reportedIds,
  })
  return {
    partitions,
    assets,
    recomputed: sample.remade,
    files,
    findings: sortFindings(removeRepeats([...findings, ...sample.findings]), computations),
  }
}

type RangesByComputation = ReadonlyMap<Computation, readonly PartitionRange[]>

function countAllPartitions(ranges: RangesByComputation): number {
  return [...ranges.values()].reduce(
    (sum, computationRanges) => sum + countPartitions(computationRanges),
    0,
  )
}

function formatPartitionId({
  computation,
  partition,
}: Pick<VerificationFinding, "computation" | "partition">): string {
  return `${computation.name} ${partition}`
}

/** One file that several partitions read is told of once. */
function removeRepeats(findings: readonly VerificationFinding[]): readonly VerificationFinding[] {
  const reportedFiles = new Set<string>()
  return findings.filter(({ result }) => {
    const file =
      result.kind === "file_gone" || result.kind === "file_changed"
        ? result.file
        : result.kind === "landed_changed" && result.path
    if (file === false) return true
    if (reportedFiles.has(file)) return false
    reportedFiles.add(file)
    return true
  })
}

/** As the computations come in the graph, then by partition. */
function sortFindings(
  findings: readonly VerificationFinding[],
  computations: readonly Computation[],
): readonly VerificationFinding[] {
  const places = new Map(computations.map((computation, at) => [computation, at]))
  const place = ({ computation }: VerificationFinding) => places.get(computation) ?? 0
  return findings.toSorted((a, b) => place(a) - place(b) || a.partition - b.partition)
}

/** So many partitions of a computation are asked of the ledger at a time. */
const blockLength = 2000

async function checkFiles(
  project: Project,
  request: VerificationRequest,
  selectedRanges: RangesByComputation,
): Promise<{ readonly files: number; readonly findings: readonly VerificationFinding[] }> {
  const { graph, evaluation, ledger } = project
  const findings: VerificationFinding[] = []
  const total = countAllPartitions(selectedRanges)
  let [files, done] = [0, 0]
  for (const [computation, ranges] of selectedRanges)
    for (const range of splitIntoBlocks(ranges)) {
      const outputs = getOutputs(graph, computation)
      const materializations = await ledger.readMaterializations(
        outputs.map(({ name: asset }) => ({ asset, range })),
      )
      const records = request.files
        ? materializations
        : [...selectCurrentRecords(evaluation, materializations).values()]
      files += records.length
      for (const finding of await mapConcurrently(records, request.files ? 2 : 32, (record) =>
        checkFile(project, outputs, record, request.files),
      ))
        if (finding !== undefined)
          findings.push({ computation, partition: finding.partition, result: finding })
      done += range.to - range.from + 1
      request.onProgress({ phase: "files", done, total })
    }
  return { files, findings }
}

function* splitIntoBlocks(ranges: readonly PartitionRange[]): Iterable<PartitionRange> {
  for (const { from, to } of ranges)
    for (let begin = from; begin <= to; begin += blockLength)
      yield { from: begin, to: Math.min(to, begin + blockLength - 1) }
}

type FileFinding = Extract<RecomputeResult, { kind: "file_gone" | "file_changed" }>

/** What is wrong with the file of one materialization. */
async function checkFile(
  project: Project,
  outputs: readonly Asset[],
  { asset: name, partition, file, dataVersion }: MaterializationRecord,
  readsContent: boolean,
): Promise<FileFinding | undefined> {
  const place = { asset: name, partition, file }
  const asset = outputs.find((output) => output.name === name)
  const exists = await project.store.exists(file)
  const isIntact =
    exists &&
    (!readsContent ||
      asset === undefined ||
      (await project.runtime().engine.readDataVersion(asset, file)) === dataVersion)
  if (isIntact || !(await isStillRecorded(project, place))) return undefined
  return { kind: exists ? "file_changed" : "file_gone", ...place }
}

/** Does some work on each value, a few at once, and gives what came of it in the values' order. */
async function mapConcurrently<V, R>(
  values: readonly V[],
  concurrency: number,
  work: (value: V) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  const remainingEntries = values.entries()
  const worker = async () => {
    for (const [at, value] of remainingEntries) results[at] = await work(value)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return results
}

/** One after the other: each uses all of the engine that a step may. */
async function recomputeSample(
  project: Project,
  { percent, seed, onProgress }: VerificationRequest,
  {
    fresh,
    reportedIds,
  }: { readonly fresh: RangesByComputation; readonly reportedIds: ReadonlySet<string> },
) {
  const samples = new Map(
    [...fresh].map(([computation, ranges]) => {
      const random = createRandom(seed, computation.name)
      return [computation, samplePartitions(ranges, percent, random)] as const
    }),
  )
  const findings: VerificationFinding[] = []
  const total = countAllPartitions(samples)
  let [done, recomputed] = [0, 0]
  for (const [computation, ranges] of samples)
    for (const partition of listPartitions(ranges)) {
      onProgress({ phase: "partitions", done, total })
      done += 1
      if (reportedIds.has(formatPartitionId({ computation, partition }))) continue
      const result = await recomputePartition(project, computation, partition)
      if (result.kind === "replaced") continue
      recomputed += 1
      if (result.kind !== "same") findings.push({ computation, partition, result })
    }
  return { remade: recomputed, findings }
}
