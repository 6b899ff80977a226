import type { Asset } from "../declare/asset.ts"
import { partitionKey } from "../declare/partition.ts"
import type { Plan } from "../plan/plan.ts"
import {
  type PublicationPlan,
  newestPublishable,
  publicationSets,
  publicationTable,
  publicationVersion,
  readyNow,
  setExtent,
} from "../plan/publication.ts"
import { FreshetError } from "../problem.ts"
import type { Effects, PublicationRequest, TableChange } from "./effects.ts"
import { type RunState, stateKey } from "./run-state.ts"

/** What came of one publication set. */
export interface PublicationResult {
  readonly set: string
  readonly key: string
  readonly changes: readonly TableChange[]
  readonly error: string | undefined
}

/** Publishes each planned set whose newest right partition is not what readers see; a set that is not whole stays as it is. */
export async function publishSets(
  state: RunState,
  plan: Plan,
  effects: Effects,
  run: string,
): Promise<readonly PublicationResult[]> {
  const results: PublicationResult[] = []
  for (const planned of plan.publications) {
    if (effects.signal.aborted) break
    const request = publicationRequest(state, planned, effects, run)
    if (request !== undefined) results.push(await publishSet(request, effects))
  }
  return results
}

function publicationRequest(
  state: RunState,
  { set }: PublicationPlan,
  effects: Effects,
  run: string,
): PublicationRequest | undefined {
  const { evaluation } = state
  const assets = publicationSets(evaluation.graph).get(set) ?? []
  const published = evaluation.snapshot.publications.get(set)
  const partition = newestPublishable(setExtent(evaluation, assets), published, (index) =>
    assets.every((asset) => readyIn(state, asset, index) !== undefined),
  )
  const [first] = assets
  if (partition === undefined || first === undefined) return undefined
  const tables = assets.flatMap((asset) => {
    const ready = readyIn(state, asset, partition)
    return ready === undefined ? [] : publicationTable(asset, partition, ready)
  })
  const version = publicationVersion(set, tables, effects.hash)
  if (version === published?.version) return undefined
  const key = partitionKey(first.partitions, partition)
  return { run, set, partition, partitionKey: key, version, tables }
}

function readyIn(state: RunState, asset: Asset, partition: number) {
  const key = stateKey(asset.name, partition)
  const [made, passed] = [state.made.get(key), state.fit.get(key)]
  const now = readyNow(state.evaluation, asset, partition, passed)
  if (made === undefined) return now.kind === "ready" ? now.record : undefined
  const before = state.evaluation.snapshot.materializations.get(asset.name)?.get(partition)
  return (passed ?? before?.failedErrors === 0) ? made : undefined
}

async function publishSet(
  request: PublicationRequest,
  effects: Effects,
): Promise<PublicationResult> {
  const { set, partitionKey: key } = request
  const startedMs = effects.nowMs()
  effects.emit({ kind: "publish_started", set, partition: key })
  const result = await changesOrError(request, effects)
  const ms = effects.nowMs() - startedMs
  effects.emit({ kind: "publish_ended", partition: key, ms, ...result })
  return { key, ...result }
}

async function changesOrError(request: PublicationRequest, effects: Effects) {
  const { set } = request
  try {
    return { set, changes: await effects.publisher.publish(request), error: undefined }
  } catch (error) {
    if (error instanceof FreshetError && error.code === "publish")
      return { set, changes: [], error: error.message }
    throw error
  }
}
