import {
  type Asset,
  type Computation,
  facts,
  outputsOf,
  type PartitionRange,
  partitionCount,
  partitionsIn,
  type Recorded,
  rangesWhere,
} from "@freshet/core"

import { randomFrom } from "../demo-data/random.ts"
import { commonRanges } from "./partition-ranges.ts"
import { countingRecords } from "./records.ts"
import { isStillRecorded, type Remade, type Remaking } from "./remaking.ts"
import { sampleOf } from "./sample.ts"

/** What is to be looked at, and how closely. */
export interface VerificationRequest {
  /** Computation → the partitions meant. */
  readonly wanted: ReadonlyMap<Computation, readonly PartitionRange[]>
  readonly percent: number
  readonly seed: number
  /** Whether every kept file is read instead of some fresh partitions being made again. */
  readonly files: boolean
  readonly progress: (progress: VerificationProgress) => void
}

/** How far it is, of partitions to be made again or of partitions whose files are looked at. */
export interface VerificationProgress {
  readonly phase: "files" | "partitions"
  readonly done: number
  readonly total: number
}

/** What was found to be other than recorded: of which partition, and what. */
export interface Finding {
  readonly computation: Computation
  readonly partition: number
  readonly remade: Exclude<Remade, { kind: "same" | "replaced" }>
}

/** What came of it. */
export interface Verification {
  /** How many of the partitions meant are fresh, or with `files` kept at all, and how many of them were made again. */
  readonly partitions: number
  /** Of how many assets they are. */
  readonly assets: number
  readonly remade: number
  readonly files: number
  readonly findings: readonly Finding[]
}

/** Looks for the files of all fresh partitions, and makes a sample of them again; or reads all files. */
export async function verification(
  remaking: Remaking,
  request: VerificationRequest,
): Promise<Verification> {
  const { evaluation } = remaking.project
  const bit = request.files ? facts.made : facts.fresh
  const meant = new Map(
    [...request.wanted].map(([computation, wanted]) => {
      const ranges = rangesWhere(evaluation, computation, (bits) => (bits & bit) !== 0)
      return [computation, commonRanges(ranges, wanted)] as const
    }),
  )
  const partitions = countAll(meant)
  const assets = [...meant].flatMap(([{ outputs }, { length }]) =>
    length > 0 ? outputs : [],
  ).length
  const { files, findings } = await lookAtFiles(remaking, request, meant)
  const computations = [...meant.keys()]
  if (request.files)
    return { partitions, assets, remade: 0, files, findings: inOrder(findings, computations) }
  const known = new Set(findings.map(placeOf))
  const again = await remakeSample(remaking, request, { fresh: meant, known })
  return {
    partitions,
    assets,
    remade: again.remade,
    files,
    findings: inOrder(withoutRepeats([...findings, ...again.findings]), computations),
  }
}

type RangesOf = ReadonlyMap<Computation, readonly PartitionRange[]>

function countAll(ranges: RangesOf): number {
  return [...ranges.values()].reduce((sum, each) => sum + partitionCount(each), 0)
}

function placeOf({ computation, partition }: Pick<Finding, "computation" | "partition">): string {
  return `${computation.name} ${partition}`
}

/** One file that several partitions read is told of once. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ remade }) => {
    const file =
      remade.kind === "file_gone" || remade.kind === "file_changed"
        ? remade.file
        : remade.kind === "landed_changed" && remade.path
    if (file === false) return true
    if (seen.has(file)) return false
    seen.add(file)
    return true
  })
}

/** As the computations come in the graph, then by partition. */
function inOrder(
  findings: readonly Finding[],
  computations: readonly Computation[],
): readonly Finding[] {
  const places = new Map(computations.map((computation, at) => [computation, at]))
  const place = ({ computation }: Finding) => places.get(computation) ?? 0
  return findings.toSorted((a, b) => place(a) - place(b) || a.partition - b.partition)
}

/** So many partitions of a computation are asked of the ledger at a time. */
const blockLength = 2000

async function lookAtFiles(
  remaking: Remaking,
  request: VerificationRequest,
  meant: RangesOf,
): Promise<{ readonly files: number; readonly findings: readonly Finding[] }> {
  const { graph, evaluation, recorded } = remaking.project
  const findings: Finding[] = []
  const total = countAll(meant)
  let [files, done] = [0, 0]
  for (const [computation, ranges] of meant)
    for (const range of blocksOf(ranges)) {
      const outputs = outputsOf(graph, computation)
      const kept = await recorded(outputs.map(({ name: asset }) => ({ asset, range })))
      const records = request.files ? kept : [...countingRecords(evaluation, kept).values()]
      files += records.length
      for (const found of await inTurn(records, request.files ? 2 : 32, (record) =>
        lookAt(remaking, outputs, record, request.files),
      ))
        if (found !== undefined)
          findings.push({ computation, partition: found.partition, remade: found })
      done += range.to - range.from + 1
      request.progress({ phase: "files", done, total })
    }
  return { files, findings }
}

function* blocksOf(ranges: readonly PartitionRange[]): Iterable<PartitionRange> {
  for (const { from, to } of ranges)
    for (let begin = from; begin <= to; begin += blockLength)
      yield { from: begin, to: Math.min(to, begin + blockLength - 1) }
}

type FileFinding = Extract<Remade, { kind: "file_gone" | "file_changed" }>

/** What is wrong with the file of one materialization. */
async function lookAt(
  { project, contentOf }: Remaking,
  outputs: readonly Asset[],
  { asset: name, partition, file, dataVersion }: Recorded,
  closely: boolean,
): Promise<FileFinding | undefined> {
  const place = { asset: name, partition, file }
  const asset = outputs.find((output) => output.name === name)
  const isThere = await project.isStored(file)
  const isRight =
    isThere && (!closely || asset === undefined || (await contentOf(asset, file)) === dataVersion)
  if (isRight || !(await isStillRecorded(project, place))) return undefined
  return { kind: isThere ? "file_changed" : "file_gone", ...place }
}

/** Does some work on each value, a few at once, and gives what came of it in the values' order. */
async function inTurn<V, R>(
  values: readonly V[],
  atOnce: number,
  work: (value: V) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = []
  const left = values.entries()
  const worker = async () => {
    for (const [at, value] of left) results[at] = await work(value)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

/** One after the other: each uses all of the engine that a step may. */
async function remakeSample(
  { remake }: Remaking,
  { percent, seed, progress }: VerificationRequest,
  { fresh, known }: { readonly fresh: RangesOf; readonly known: ReadonlySet<string> },
) {
  const samples = new Map(
    [...fresh].map(([computation, ranges]) => {
      const random = randomFrom(seed, computation.name)
      return [computation, sampleOf(ranges, percent, random)] as const
    }),
  )
  const findings: Finding[] = []
  const total = countAll(samples)
  let [done, remade] = [0, 0]
  for (const [computation, ranges] of samples)
    for (const partition of partitionsIn(ranges)) {
      progress({ phase: "partitions", done, total })
      done += 1
      if (known.has(placeOf({ computation, partition }))) continue
      const came = await remake(computation, partition)
      if (came.kind === "replaced") continue
      remade += 1
      if (came.kind !== "same") findings.push({ computation, partition, remade: came })
    }
  return { remade, findings }
}
