import {
  type AssetRange,
  type Evaluation,
  filterRanges,
  formatFingerprint,
  formatPartitions,
  getAsset,
  groupBy,
  joinRanges,
  listStepRanges,
  type MaterializationRecord,
  type PartitionRange,
  type Plan,
  type Problem,
  type Removal,
  stateFlags,
  stateFlagsAt,
  subtractRanges,
  takeNewest,
  toRanges,
} from "@freshet/core/engine"

import { selectCurrentRecords } from "../materialization-records.ts"
import type { ProjectPlan, Project } from "../project.ts"

/** The number of newest partitions of each target that are looked up. */
const maxTargetPartitions = 1000

/** The number of newest partitions of each input that a preview looks up. */
const maxPreviewPartitions = 10_000

/** The number of partitions that are looked up at a time. */
const batchSize = 10_000

/** Asset → partitions, ascending. */
type Partitions = ReadonlyMap<string, readonly PartitionRange[]>

/** The materializations whose files cannot be read: they are missing, or they are damaged, which makes them missing. */
interface LostFiles {
  readonly missingRecords: readonly MaterializationRecord[]
  readonly damagedRecords: readonly MaterializationRecord[]
}

/**
 * Plans without the materializations whose files are missing or damaged. The files that the planned steps read, the newest
 * partitions of the targets, the partitions to check and those to publish are looked up, and the plan is rebuilt
 * for each missing file. A preview looks up only the newest of very many partitions.
 */
export async function planWithExistingFiles(
  initialProject: Project,
  makePlan: (project: Project) => Plan | Promise<Plan>,
  purpose: "preview" | "run" = "preview",
): Promise<ProjectPlan> {
  let presentPartitions: Partitions = new Map()
  for (let project = initialProject; ;) {
    const plan = await makePlan(project)
    const requiredPartitions = listRequiredPartitions(
      project.evaluation,
      plan,
      purpose === "run" ? Infinity : maxPreviewPartitions,
    )
    const { presentRanges, ...lostFiles } = await findLostFiles(
      project,
      subtractPartitions(requiredPartitions, presentPartitions),
    )
    if (!hasLostFiles(lostFiles)) return { project, plan }
    const { project: remainingProject, readers } = await excludeMaterializations(project, lostFiles)
    project = remainingProject
    presentPartitions = subtractPartitions(
      mergePartitions(presentPartitions, presentRanges),
      toPartitions(readers),
    )
  }
}

/** Excludes the materializations of some partitions whose files are missing or damaged; returns the same project when none is. */
export async function excludeMissingFiles(
  project: Project,
  partitions: Partitions,
): Promise<Project> {
  const lostFiles = await findLostFiles(project, partitions)
  if (!hasLostFiles(lostFiles)) return project
  return (await excludeMaterializations(project, lostFiles)).project
}

function hasLostFiles({ missingRecords, damagedRecords }: LostFiles): boolean {
  return missingRecords.length + damagedRecords.length > 0
}

/** Finds the current records of some partitions whose files are missing or damaged, and the partitions whose files are intact. */
async function findLostFiles(
  project: Project,
  partitions: Partitions,
): Promise<LostFiles & { readonly presentRanges: Partitions }> {
  const missingRecords: MaterializationRecord[] = []
  const damagedRecords: MaterializationRecord[] = []
  for (const batch of splitIntoBatches(partitions)) {
    const records = [
      ...selectCurrentRecords(
        project.evaluation,
        await project.ledger.readMaterializations(batch),
      ).values(),
    ]
    const states = await project.files.check(records)
    missingRecords.push(...records.filter((_, at) => states[at] === "missing"))
    damagedRecords.push(...records.filter((_, at) => states[at] === "damaged"))
  }
  const lostPartitions = toPartitions([...missingRecords, ...damagedRecords])
  const presentRanges = subtractPartitions(partitions, lostPartitions)
  return { missingRecords, damagedRecords, presentRanges }
}

function toPartitions(records: readonly MaterializationRecord[]): Partitions {
  return new Map(
    [...groupBy(records, ({ asset }) => asset)].map(([asset, assetRecords]) => [
      asset,
      toSortedRanges(assetRecords.map(({ partition }) => partition)),
    ]),
  )
}

function* splitIntoBatches(partitions: Partitions): Iterable<readonly AssetRange[]> {
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

/** Excludes the materializations of lost files, and those that read a damaged file: their rows may be wrong. */
async function excludeMaterializations(project: Project, lostFiles: LostFiles) {
  const { missingRecords, damagedRecords } = lostFiles
  const damagedIds = damagedRecords.map(({ id }) => id)
  const readers = damagedIds.length === 0 ? [] : await project.ledger.readDirectReaders(damagedIds)
  const removals = toRemovals(project.evaluation, [
    ...missingRecords,
    ...damagedRecords,
    ...readers,
  ])
  const { evaluation, proof } = await project.evaluateWithout(project, removals)
  const warnings = [...project.warnings, ...describeLostFiles(project.evaluation, lostFiles)]
  const damage = {
    files: [...project.damage.files, ...damagedRecords.map(({ file }) => file)],
    materializations: [...project.damage.materializations, ...damagedRecords, ...readers],
  }
  const remainingProject = { ...project, evaluation, proof, warnings, damage }
  return { project: clearPublishedVersions(remainingProject, damagedRecords), readers }
}

/** Clears the data versions of published partitions with the rows of damaged files, so that they are published again. */
function clearPublishedVersions(
  project: Project,
  damagedRecords: readonly MaterializationRecord[],
): Project {
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

/** Lists the partitions whose files the plan depends on. */
function listRequiredPartitions(evaluation: Evaluation, plan: Plan, readLimit: number): Partitions {
  const plannedRanges = new Map(
    plan.work.map(({ computation, ranges }) => [computation.name, ranges]),
  )
  const partitions = mergePartitions(
    new Map(
      [...plan.targets].map(([asset, ranges]) => [asset, takeNewest(ranges, maxTargetPartitions)]),
    ),
    new Map(plan.checks.map(({ asset, ranges }) => [asset.name, takeNewest(ranges, readLimit)])),
    listPublishedPartitions(plan),
    listReadPartitions(evaluation, plan, readLimit),
  )
  return new Map(
    [...partitions].map(([name, ranges]) => {
      const { computation } = getAsset(evaluation.graph, name)
      const unplannedRanges = subtractRanges(ranges, plannedRanges.get(computation.name) ?? [])
      const isMaterialized = (at: number) =>
        (stateFlagsAt(evaluation, computation, at) & stateFlags.materialized) !== 0
      return [name, filterRanges(unplannedRanges, isMaterialized)] as const
    }),
  )
}

function listPublishedPartitions({ publications }: Plan): Partitions {
  return mergePartitions(
    ...publications.map(
      ({ tables }) =>
        new Map(tables.map(({ asset, partitions }) => [asset.name, toRanges(partitions)])),
    ),
  )
}

/** Lists the partitions in the windows of the planned steps; windows of adjacent steps form one range. */
function listReadPartitions(evaluation: Evaluation, { work }: Plan, limit: number): Partitions {
  const rangesByAsset = new Map<string, PartitionRange[]>()
  for (const { computation, ranges } of work)
    for (const { from, to } of ranges) {
      const ends = listStepRanges(evaluation, computation, to)
      for (const [at, { asset, range }] of listStepRanges(
        evaluation,
        computation,
        from,
      ).entries()) {
        const last = ends[at]?.range ?? range
        const first = range ?? last
        if (asset.kind === "source" || first === undefined || last === undefined) continue
        const assetRanges = rangesByAsset.get(asset.name)
        const span = { from: first.from, to: last.to }
        if (assetRanges === undefined) rangesByAsset.set(asset.name, [span])
        else assetRanges.push(span)
      }
    }
  return new Map(
    [...rangesByAsset].map(
      ([asset, ranges]) => [asset, takeNewest(joinRanges(ranges), limit)] as const,
    ),
  )
}

function mergePartitions(...partitionMaps: readonly Partitions[]): Partitions {
  const ranges = new Map<string, readonly PartitionRange[]>()
  for (const partitions of partitionMaps)
    for (const [asset, assetRanges] of partitions)
      ranges.set(asset, joinRanges([...(ranges.get(asset) ?? []), ...assetRanges]))
  return ranges
}

function subtractPartitions(partitions: Partitions, excludedPartitions: Partitions): Partitions {
  return new Map(
    [...partitions].map(([asset, ranges]) => [
      asset,
      subtractRanges(ranges, excludedPartitions.get(asset) ?? []),
    ]),
  )
}

function toSortedRanges(partitions: readonly number[]): readonly PartitionRange[] {
  return toRanges(partitions.toSorted((a, b) => a - b))
}

/** Groups the missing records by computation. */
function toRemovals(
  { graph }: Evaluation,
  missingRecords: readonly MaterializationRecord[],
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

function describeLostFiles(
  { graph }: Evaluation,
  { missingRecords, damagedRecords }: LostFiles,
): readonly Problem[] {
  const formatNames = (records: readonly MaterializationRecord[]) =>
    [...toPartitions(records)].map(([asset, ranges]) => {
      const name = `\`${asset}\` ${formatPartitions(graph, asset, ranges)}`.trim()
      return { asset, name }
    })
  return [
    ...formatNames(missingRecords).map(({ asset, name }) => ({
      kind: "missing_file",
      asset,
      message: `The stored file of ${name} is missing from the lake.`,
      hint: "The next run rebuilds the partitions that it needs.",
    })),
    ...formatNames(damagedRecords).map(({ asset, name }) => ({
      kind: "damaged_file",
      asset,
      message: `The stored file of ${name} is damaged: its bytes are not the recorded ones.`,
      hint: "The next run rebuilds it, and what was materialized from it.",
    })),
  ]
}
