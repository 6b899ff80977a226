import type { Asset } from "@freshet/core"
import {
  type Computation,
  createRandom,
  getOutputs,
  intersectRangeLists,
  listPartitions,
  listRangesWhere,
  type MaterializationRecord,
  type PartitionRange,
  stateFlags,
} from "@freshet/core/engine"

import { countAllPartitions } from "../asset-partitions.ts"
import type { WorkProgress } from "../events.ts"
import { mapConcurrently } from "../map-concurrently.ts"
import { selectCurrentRecords } from "../materialization-records.ts"
import type { Project } from "../project.ts"
import { findLostCopies } from "./find-lost-copies.ts"
import { findRecordOfFile, recomputePartition, type RecomputeResult } from "./recomputation.ts"
import { samplePartitions } from "./sample-partitions.ts"

/** The partitions to verify, and how thoroughly. */
export interface PartitionsVerification {
  /** Computation → partitions. */
  readonly targets: RangesByComputation
  readonly percent: number
  readonly seed: number
  /** Reads every retained file instead of recomputing a sample of the fresh partitions. */
  readonly files: boolean
  readonly emit: (progress: WorkProgress) => void
}

/** A partition that differs from its record. */
export interface VerificationFinding {
  readonly computation: Computation
  readonly partition: number
  readonly result: Exclude<RecomputeResult, { kind: "same" | "replaced" }>
}

/** The verified partitions and the findings. */
export interface VerificationReport {
  /** The number of fresh partitions of the selection; with `files` of the retained ones. */
  readonly partitions: number
  readonly assets: number
  readonly recomputed: number
  readonly files: number
  readonly findings: readonly VerificationFinding[]
}

/** Looks up the files of all fresh partitions and recomputes a sample of them, or reads every retained file. */
export async function verifyPartitions(
  project: Project,
  request: PartitionsVerification,
): Promise<VerificationReport> {
  const { evaluation } = project
  const stateFlag = request.files ? stateFlags.materialized : stateFlags.fresh
  const selectedRanges = new Map(
    [...request.targets].map(([computation, targetRanges]) => {
      const ranges = listRangesWhere(evaluation, computation, (bits) => (bits & stateFlag) !== 0)
      return [computation, intersectRangeLists(ranges, targetRanges)] as const
    }),
  )
  const computations = [...selectedRanges.keys()]
  const { files, findings } = await checkFiles(project, request, selectedRanges)
  const counts = {
    partitions: countAllPartitions(selectedRanges),
    assets: [...selectedRanges].flatMap(([{ outputs }, { length }]) => (length > 0 ? outputs : []))
      .length,
    files,
  }
  if (request.files)
    return { ...counts, recomputed: 0, findings: sortFindings(findings, computations) }
  const reportedIds = new Set(findings.map(formatPartitionId))
  const sample = await recomputeSample(project, request, { fresh: selectedRanges, reportedIds })
  const allFindings = removeRepeats([...findings, ...sample.findings])
  return {
    ...counts,
    recomputed: sample.recomputed,
    findings: sortFindings(allFindings, computations),
  }
}

type RangesByComputation = ReadonlyMap<Computation, readonly PartitionRange[]>

function formatPartitionId({
  computation,
  partition,
}: Pick<VerificationFinding, "computation" | "partition">): string {
  return `${computation.name} ${partition}`
}

/** Keeps one finding for each file. */
function removeRepeats(findings: readonly VerificationFinding[]): readonly VerificationFinding[] {
  const reportedFiles = new Set<string>()
  return findings.filter(({ result }) => {
    const file =
      result.kind === "file_gone" || result.kind === "file_damaged"
        ? result.file
        : result.kind === "copy_lost"
          ? result.copy
          : result.kind === "landed_changed" && result.path
    if (file === false) return true
    if (reportedFiles.has(file)) return false
    reportedFiles.add(file)
    return true
  })
}

/** Sorts findings by computation in the order of the graph, then by partition. */
function sortFindings(
  findings: readonly VerificationFinding[],
  computations: readonly Computation[],
): readonly VerificationFinding[] {
  const places = new Map(computations.map((computation, at) => [computation, at]))
  const place = ({ computation }: VerificationFinding) => places.get(computation) ?? 0
  return findings.toSorted((a, b) => place(a) - place(b) || a.partition - b.partition)
}

/** The number of partitions that are read from the ledger at a time. */
const blockLength = 2000

async function checkFiles(
  project: Project,
  request: PartitionsVerification,
  selectedRanges: RangesByComputation,
): Promise<{ readonly files: number; readonly findings: readonly VerificationFinding[] }> {
  const { graph, evaluation, ledger } = project
  const findings: VerificationFinding[] = []
  const total = countAllPartitions(selectedRanges)
  const readCopies = new Set<string>()
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
      if (request.files && computation.reads.some(({ asLanded }) => asLanded === true))
        for (const lostCopy of await findLostCopies(project, records, readCopies))
          findings.push({ computation, ...lostCopy })
      done += range.to - range.from + 1
      request.emit({ kind: "work_progress", phase: "files", done, total })
    }
  return { files: files + readCopies.size, findings }
}

function* splitIntoBlocks(ranges: readonly PartitionRange[]): Iterable<PartitionRange> {
  for (const { from, to } of ranges)
    for (let begin = from; begin <= to; begin += blockLength)
      yield { from: begin, to: Math.min(to, begin + blockLength - 1) }
}

type FileFinding = Extract<RecomputeResult, { kind: "file_gone" | "file_damaged" }>

/** Checks the file of one materialization: its bytes if it is another file than the recorded one, or its bytes and rows. */
async function checkFile(
  project: Project,
  outputs: readonly Asset[],
  record: MaterializationRecord,
  readsContent: boolean,
): Promise<FileFinding | undefined> {
  const { asset, partition, file } = record
  const [state] = await project.files.check([record], { reads: readsContent ? "all" : "changed" })
  const isIntact =
    state === "intact" && (!readsContent || (await hasRecordedRows(project, outputs, record)))
  if (isIntact) return undefined
  const currentRecord = await findRecordOfFile(project, record)
  if (currentRecord === undefined) return undefined
  if (state === "intact") project.files.noteDamage(currentRecord)
  return { kind: state === "missing" ? "file_gone" : "file_damaged", asset, partition, file }
}

async function hasRecordedRows(
  project: Project,
  outputs: readonly Asset[],
  { asset: name, file, dataVersion }: MaterializationRecord,
): Promise<boolean> {
  const asset = outputs.find((output) => output.name === name)
  if (asset === undefined) return true
  return (await project.runtime().engine.readDataVersion(asset, file)) === dataVersion
}

/** Recomputes one partition after the other, since each uses the whole engine. */
async function recomputeSample(
  project: Project,
  { percent, seed, emit }: PartitionsVerification,
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
      emit({ kind: "work_progress", phase: "recompute", done, total })
      done += 1
      if (reportedIds.has(formatPartitionId({ computation, partition }))) continue
      const result = await recomputePartition(project, computation, partition)
      if (result.kind === "replaced") continue
      recomputed += 1
      if (result.kind !== "same") findings.push({ computation, partition, result })
    }
  return { recomputed, findings }
}
