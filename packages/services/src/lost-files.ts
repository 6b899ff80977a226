import type { Asset } from "@freshet/core"
import {
  type AssetRange,
  type Evaluation,
  filterRanges,
  formatFingerprint,
  formatPartitions,
  getAsset,
  type Graph,
  groupBy,
  type LostFileKind,
  type LostFiles,
  type Problem,
  ProblemsError,
  type Removal,
  stateFlags,
  stateFlagsAt,
  takeNewest,
} from "@freshet/core/engine"
import type { FileRecord } from "@freshet/io"

import {
  type AssetPartitions,
  groupPartitions,
  mergePartitions,
  subtractPartitions,
  toSortedRanges,
} from "./asset-partitions.ts"
import { selectCurrentRecords } from "./materialization-records.ts"
import { formatFixCommand } from "./plan/command-text.ts"
import type { Project } from "./project.ts"
import type { RecordedFile } from "./stored-files.ts"

/** The number of partitions that are looked up at a time. */
const batchSize = 10_000

/** The number of partitions that every command looks up, the newest ones of each asset. */
const maxNewestPartitions = 20_000

/** The materializations whose files cannot be read: they are missing, or they are damaged, which makes them missing. */
export interface LostRecords {
  readonly missingRecords: readonly FileRecord[]
  readonly damagedRecords: readonly FileRecord[]
}

/** Excludes the materializations of lost files among the newest partitions of all assets, so that all commands agree. */
export async function excludeNewestLostFiles(project: Project): Promise<Project> {
  const { evaluation } = project
  const assets = [...evaluation.graph.assets.values()].filter((asset) => asset.kind === "asset")
  const limit = Math.ceil(maxNewestPartitions / Math.max(1, assets.length))
  const partitions = assets.map(({ name }) => {
    const bounds = evaluation.bounds.get(name)
    return [name, bounds === undefined ? [] : takeNewest([bounds], limit)] as const
  })
  return excludeLostFiles(project, new Map(partitions))
}

/** Excludes the materializations of some partitions whose files are missing or damaged, and those that read a damaged one: their rows may be wrong. Files that were found intact are not looked up again. */
export async function excludeLostFiles(
  project: Project,
  partitions: AssetPartitions,
): Promise<Project> {
  const uncheckedPartitions = subtractPartitions(
    listMaterializedPartitions(project.evaluation, partitions),
    project.intactPartitions,
  )
  const lostRecords = await findLostRecords(project, uncheckedPartitions)
  const { missingRecords, damagedRecords } = lostRecords
  const excludedPartitions = groupPartitions([...missingRecords, ...damagedRecords])
  const intactPartitions = mergePartitions(
    project.intactPartitions,
    subtractPartitions(uncheckedPartitions, excludedPartitions),
  )
  const checkedProject = { ...project, intactPartitions }
  return excludedPartitions.size === 0
    ? checkedProject
    : excludeMaterializations(checkedProject, lostRecords)
}

function listMaterializedPartitions(
  evaluation: Evaluation,
  partitions: AssetPartitions,
): AssetPartitions {
  return new Map(
    [...partitions].map(([name, ranges]) => {
      const { computation } = getAsset(evaluation.graph, name)
      const isMaterialized = (at: number) =>
        (stateFlagsAt(evaluation, computation, at) & stateFlags.materialized) !== 0
      return [name, filterRanges(ranges, isMaterialized)] as const
    }),
  )
}

/** Finds the current materializations of some partitions whose files are missing or damaged; `fileCount` counts the files that were looked up. */
export async function findLostRecords(
  project: Project,
  partitions: AssetPartitions,
): Promise<LostRecords & { readonly fileCount: number }> {
  const missingRecords: FileRecord[] = []
  const damagedRecords: FileRecord[] = []
  let fileCount = 0
  for (const batch of splitIntoBatches(partitions)) {
    const records = [
      ...selectCurrentRecords(
        project.evaluation,
        await project.ledger.readFileRecords(batch),
      ).values(),
    ]
    const states = await project.files.check(records)
    fileCount += records.length
    missingRecords.push(...records.filter((_, at) => states[at] === "missing"))
    damagedRecords.push(...records.filter((_, at) => states[at] === "damaged"))
  }
  return { fileCount, missingRecords, damagedRecords }
}

function* splitIntoBatches(partitions: AssetPartitions): Iterable<readonly AssetRange[]> {
  let batch: AssetRange[] = []
  let size = 0
  for (const [asset, ranges] of partitions)
    for (const { from, to } of ranges)
      for (let at = from; at <= to; at += batchSize) {
        const range = { from: at, to: Math.min(to, at + batchSize - 1) }
        batch.push({ asset, range })
        size += range.to - range.from + 1
        if (size < batchSize) continue
        yield batch
        batch = []
        size = 0
      }
  if (batch.length > 0) yield batch
}

async function excludeMaterializations(
  project: Project,
  lostRecords: LostRecords,
): Promise<Project> {
  const { missingRecords, damagedRecords } = lostRecords
  const damagedIds = damagedRecords.map(({ id }) => id)
  const readers = damagedIds.length === 0 ? [] : await project.ledger.readDirectReaders(damagedIds)
  const removals = toRemovals(project.evaluation, [
    ...missingRecords,
    ...damagedRecords,
    ...readers,
  ])
  const { evaluation, proof } = await project.evaluateWithout(project, removals)
  const lostFiles = addLostFiles(project.evaluation, [
    ["read_damaged", readers],
    ["missing", missingRecords],
    ["damaged", damagedRecords],
  ])
  const remainingProject = {
    ...project,
    evaluation: { ...evaluation, lostFiles },
    proof,
    warnings: [...project.warnings, ...describeLostRecords(project.evaluation, lostRecords)],
    intactPartitions: subtractPartitions(project.intactPartitions, groupPartitions(readers)),
    damage: {
      files: [...project.damage.files, ...damagedRecords.map(({ file }) => file)],
      materializations: [...project.damage.materializations, ...damagedRecords, ...readers],
    },
  }
  return clearPublishedVersions(remainingProject, damagedRecords)
}

function addLostFiles(
  { graph, lostFiles = new Map() }: Evaluation,
  recordsByKind: readonly (readonly [LostFileKind, readonly FileRecord[]])[],
): LostFiles {
  const addedFiles = new Map([...lostFiles].map(([name, files]) => [name, new Map(files)]))
  for (const [kind, records] of recordsByKind)
    for (const { asset, partition } of records) {
      const { name } = getAsset(graph, asset).computation
      const files = addedFiles.get(name) ?? new Map<number, LostFileKind>()
      addedFiles.set(name, files.set(partition, kind))
    }
  return addedFiles
}

/** Clears the data versions of published partitions with the rows of damaged files, so that they are published again. */
function clearPublishedVersions(project: Project, damagedRecords: readonly FileRecord[]): Project {
  const { evaluation } = project
  const publications = new Map(evaluation.snapshot.publications)
  for (const { asset, partition } of damagedRecords) {
    const publication = publications.get(asset)
    if (publication === undefined) continue
    const partitions = publication.partitions.map((published) =>
      published.partition === partition ? { ...published, dataVersion: "" } : published,
    )
    publications.set(asset, { ...publication, partitions })
  }
  const snapshot = { ...evaluation.snapshot, publications }
  return { ...project, evaluation: { ...evaluation, snapshot } }
}

/** Groups the missing records by computation. */
function toRemovals(
  { graph }: Evaluation,
  missingRecords: readonly FileRecord[],
): readonly Removal[] {
  const byComputation = groupBy(
    missingRecords,
    ({ asset }) => getAsset(graph, asset).computation.name,
  )
  return [...byComputation].map(([computation, records]) => {
    const inputs = groupBy(records, ({ partition }) => partition)
    const ranges = toSortedRanges([...inputs.keys()])
    const includes: Removal["includes"] = (partition, input) => {
      const text = formatFingerprint(input)
      return inputs.get(partition)?.some(({ fingerprint }) => fingerprint === text) === true
    }
    return { computation, ranges, includes }
  })
}

/** A partition whose file cannot be read. */
interface LostPartition {
  readonly asset: string
  readonly partition: number
  readonly kind: LostFileKind
}

function describeLostRecords(
  { graph }: Evaluation,
  { missingRecords, damagedRecords }: LostRecords,
): readonly Problem[] {
  const problems = describeLostPartitions(graph, [
    ...missingRecords.map(({ asset, partition }) => ({
      asset,
      partition,
      kind: "missing" as const,
    })),
    ...damagedRecords.map(({ asset, partition }) => ({
      asset,
      partition,
      kind: "damaged" as const,
    })),
  ])
  return problems.map((problem) => ({ ...problem, hint: nextRunHints[problem.kind] }))
}

const nextRunHints = {
  missing_file: "The next run rebuilds the partitions that it needs.",
  damaged_file: "The next run rebuilds it, and what was materialized from it.",
}

function describeLostPartitions(graph: Graph, partitions: readonly LostPartition[]) {
  const groups = groupBy(partitions, ({ asset, kind }) => `${kind} ${asset}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { asset, kind } = first
    const ranges = toSortedRanges(group.map(({ partition }) => partition))
    const name = `\`${asset}\` ${formatPartitions(graph, asset, ranges)}`.trim()
    const problemKind = kind === "missing" ? ("missing_file" as const) : ("damaged_file" as const)
    return [{ kind: problemKind, asset, message: formatLostFile(name, kind) }]
  })
}

function formatLostFile(name: string, kind: LostFileKind): string {
  switch (kind) {
    case "missing":
      return `The stored file of ${name} is missing from the lake.`
    case "damaged":
      return `The stored file of ${name} is damaged: its bytes are not the recorded ones.`
    case "read_damaged":
      return `${name} was materialized from a damaged file.`
  }
}

/** Fails if the files of some records are missing or damaged: their rows cannot be read until a run has rebuilt them. */
export async function requireIntactFiles(
  project: Project,
  records: readonly RecordedPartition[],
): Promise<void> {
  const states = await project.files.check(records)
  const partitions = records.flatMap(({ asset, partition }, at): readonly LostPartition[] => {
    const state = states[at]
    return state === undefined || state === "intact" ? [] : [{ asset, partition, kind: state }]
  })
  if (partitions.length > 0) throw createLostFileError(project, partitions)
}

type RecordedPartition = RecordedFile & { readonly asset: string; readonly partition: number }

/** Lists the partitions of an asset whose files cannot be read, ascending. */
export function listLostPartitions(
  { evaluation }: Project,
  { name, computation }: Asset,
): readonly LostPartition[] {
  return [...(evaluation.lostFiles?.get(computation.name) ?? [])]
    .map(([partition, kind]) => ({ asset: name, partition, kind }))
    .toSorted((a, b) => a.partition - b.partition)
}

/** Creates the error of a request for rows whose files cannot be read. */
export function createLostFileError(
  { evaluation, graph }: Project,
  partitions: readonly LostPartition[],
): ProblemsError {
  const problems = describeLostPartitions(graph, partitions).map((problem) => {
    const last = partitions.findLast(({ asset }) => asset === problem.asset)
    const command = formatFixCommand(evaluation, problem.asset, last?.partition ?? 0)
    return { ...problem, hint: `\`${command}\` rebuilds it.` }
  })
  return new ProblemsError("usage", problems)
}
