import type { Asset } from "../declare/declaration.ts"
import { formatPartitionKey } from "../declare/partition.ts"
import type { Plan } from "../plan/plan.ts"
import {
  type PublicationPlan,
  hasPassedChecks,
  isReadyToPublish,
  findNewestPublishable,
  groupPublicationSets,
  toPublicationTables,
  computePublicationVersion,
  listPublicationVersions,
  findSetBounds,
} from "../plan/publication.ts"
import type { Effects, PublicationRequest, TableChange } from "../ports.ts"
import { FreshetError } from "../problem.ts"
import { isBlockedByFailedCheck } from "./blockers.ts"
import { type RunState, findRows } from "./run-state.ts"
import { formatStateKey } from "./state-key.ts"

/** The result of one publication. */
export interface PublicationResult {
  readonly set: string
  readonly key: string
  /** Key of the published partition if it did not exist any more. */
  readonly withdrawn: string | undefined
  readonly changes: readonly TableChange[]
  readonly error: string | undefined
}

/** Publishes each planned set whose newest ready partition differs from its current publication. A set without a ready partition is unchanged. */
export async function publishSets(
  state: RunState,
  plan: Plan,
  effects: Effects,
  run: string,
): Promise<readonly PublicationResult[]> {
  const results: PublicationResult[] = []
  for (const planned of plan.publications) {
    if (effects.signal.aborted) break
    const request = await buildPublicationRequest(state, planned, effects, run)
    if (request === undefined) continue
    const result = await publishSet(request, effects)
    results.push({ ...result, withdrawn: planned.withdrawn })
  }
  return results
}

async function buildPublicationRequest(
  state: RunState,
  { set, withdrawn }: PublicationPlan,
  effects: Effects,
  run: string,
): Promise<PublicationRequest | undefined> {
  const { evaluation } = state
  const assets = groupPublicationSets(evaluation.graph).get(set) ?? []
  const published = evaluation.snapshot.publications.get(set)
  const floor = withdrawn === undefined ? published : undefined
  const partition = findNewestPublishable(findSetBounds(evaluation, assets), floor, (index) =>
    assets.every((asset) => isReadyInRun(state, asset, index)),
  )
  const [first] = assets
  if (partition === undefined || first === undefined) return undefined
  const range = { from: partition, to: partition }
  await state.cache.load(assets.map(({ name }) => ({ asset: name, range })))
  const tables = assets.flatMap((asset) => {
    const rows = findRows(state, asset.name, partition)
    return rows === undefined ? [] : toPublicationTables(asset, partition, rows)
  })
  const versions = listPublicationVersions(set, tables, effects.hash)
  if (published !== undefined && versions.includes(published.version)) return undefined
  const version = computePublicationVersion(set, tables, effects.hash)
  const key = formatPartitionKey(first.partitions, partition)
  return { run, set, partition, partitionKey: key, version, tables }
}

function isReadyInRun(state: RunState, asset: Asset, partition: number): boolean {
  const key = formatStateKey(asset.name, partition)
  const passed = state.checksPassed.get(key)
  if (!state.materialized.has(key))
    return (
      !isBlockedByFailedCheck(state.blockers, asset.computation, partition) &&
      isReadyToPublish(state.evaluation, asset, partition, passed)
    )
  return passed ?? hasPassedChecks(state.evaluation, asset, partition)
}

async function publishSet(
  request: PublicationRequest,
  effects: Effects,
): Promise<Omit<PublicationResult, "withdrawn">> {
  const { set, partitionKey: key } = request
  const startedMs = effects.nowMs()
  effects.emit({ kind: "publish_started", set, partition: key })
  const result = await tryPublish(request, effects)
  const ms = effects.nowMs() - startedMs
  effects.emit({ kind: "publish_ended", partition: key, ms, ...result })
  return { key, ...result }
}

async function tryPublish(request: PublicationRequest, effects: Effects) {
  const { set } = request
  try {
    return { set, changes: await effects.publisher.publish(request), error: undefined }
  } catch (error) {
    if (error instanceof FreshetError && error.code === "publish")
      return { set, changes: [], error: error.message }
    throw error
  }
}
