import {
  type AssetRange,
  type Evaluation,
  filterRanges,
  formatFingerprint,
  formatPartitions,
  getAsset,
  groupBy,
  groupPublicationSets,
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

/**
 * Plans without the materializations whose files are missing. The files that the planned steps read, the newest
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
    const { missingRecords, presentRanges } = await findMissingFiles(
      project,
      subtractPartitions(requiredPartitions, presentPartitions),
    )
    if (missingRecords.length === 0) return { project, plan }
    presentPartitions = mergePartitions(presentPartitions, presentRanges)
    project = await excludeMaterializations(project, missingRecords)
  }
}

/** Excludes the materializations of some partitions whose files are missing; returns the same project when none is. */
export async function excludeMissingFiles(
  project: Project,
  partitions: Partitions,
): Promise<Project> {
  const { missingRecords } = await findMissingFiles(project, partitions)
  return missingRecords.length === 0 ? project : excludeMaterializations(project, missingRecords)
}

/** Finds the current records of some partitions whose files are missing, and the partitions without missing files. */
async function findMissingFiles(project: Project, partitions: Partitions) {
  const missingRecords: MaterializationRecord[] = []
  for (const batch of splitIntoBatches(partitions)) {
    const records = [
      ...selectCurrentRecords(
        project.evaluation,
        await project.ledger.readMaterializations(batch),
      ).values(),
    ]
    const existence = await Promise.all(records.map(({ file }) => project.store.exists(file)))
    missingRecords.push(...records.filter((_, at) => existence[at] !== true))
  }
  const missingByAsset = groupBy(missingRecords, ({ asset }) => asset)
  const listMissingRanges = (asset: string) =>
    toSortedRanges((missingByAsset.get(asset) ?? []).map((record) => record.partition))
  const presentRanges = new Map(
    [...partitions].map(([asset, ranges]) => [
      asset,
      subtractRanges(ranges, listMissingRanges(asset)),
    ]),
  )
  return { missingRecords, presentRanges }
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

async function excludeMaterializations(
  project: Project,
  missingRecords: readonly MaterializationRecord[],
): Promise<Project> {
  const removals = toRemovals(project.evaluation, missingRecords)
  const { evaluation, proof } = await project.evaluateWithout(project, removals)
  const warnings = [
    ...project.warnings,
    ...describeMissingFiles(project.evaluation, missingRecords),
  ]
  return { ...project, evaluation, proof, warnings }
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
    listPublishedPartitions(evaluation, plan),
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

function listPublishedPartitions(evaluation: Evaluation, { publications }: Plan): Partitions {
  const sets = groupPublicationSets(evaluation.graph)
  return mergePartitions(
    ...publications.map(({ set, partition: at }) => {
      const assets = sets.get(set) ?? []
      return new Map(assets.map(({ name }) => [name, [{ from: at, to: at }]]))
    }),
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

function describeMissingFiles(
  { graph }: Evaluation,
  missingRecords: readonly MaterializationRecord[],
): readonly Problem[] {
  return [...groupBy(missingRecords, ({ asset }) => asset)].map(([asset, records]) => {
    const ranges = toSortedRanges(records.map(({ partition }) => partition))
    const name = `\`${asset}\` ${formatPartitions(graph, asset, ranges)}`.trim()
    return {
      kind: "missing_file",
      asset,
      message: `The stored file of ${name} is missing from the lake.`,
      hint: "The next run rebuilds the partitions that it needs.",
    }
  })
}
