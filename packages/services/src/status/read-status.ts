import { findSetPublication, groupPublicationSets } from "@freshet/core/engine"

import type { StatusDocument } from "../documents/status.ts"
import { toIsoTime } from "../iso-time.ts"
import { listOrphaned } from "../maintain/list-orphaned.ts"
import { selectAssets } from "../plan/select-assets.ts"
import { toProblemDocument } from "../problem-document.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { toAssetStateDocument } from "./asset-state-document.ts"
import { type AssetState, readAssetStates } from "./asset-state.ts"
import { listWaitingSets } from "./waiting-set-document.ts"

/** The states that a request may be limited to. */
export type StateFilter = "stale" | "failed" | "missing" | "overdue"

/** A selection of assets, and the states of those to list; no states list all of them. */
export interface StatusRequest {
  readonly selection: readonly string[]
  readonly states: readonly StateFilter[]
}

/** Reads the states of the selected assets. The summary counts all of them, the list contains those in the requested states. */
export function readStatus(services: Services, request: StatusRequest): Promise<StatusDocument> {
  return services.withProject({}, (project) => readProjectStatus(project, request))
}

async function readProjectStatus(
  initialProject: Project,
  { selection, states: filters }: StatusRequest,
): Promise<StatusDocument> {
  const assets = selectAssets(initialProject, selection).flatMap(
    (name) => initialProject.graph.assets.get(name) ?? [],
  )
  const { project, states } = await readAssetStates(initialProject, assets)
  const { graph, nowMs, warnings } = project
  const listedStates = states.filter((state) => matchesFilters(state, filters))
  return {
    now: toIsoTime(nowMs),
    profile: project.config.profile ?? null,
    summary: summarizeStates(states),
    first_failed: states.find(({ status }) => status?.kind === "failed")?.name ?? null,
    assets: listedStates.map((state) => toAssetStateDocument(graph, state)),
    publications: listPublications(project),
    waiting_sets: listWaitingSets(project),
    orphaned: selection.length > 0 ? [] : await listOrphaned(project),
    landing: describeLanding(project),
    warnings: warnings.map(toProblemDocument),
  }
}

function matchesFilters(
  { status, deadline }: AssetState,
  filters: StatusRequest["states"],
): boolean {
  if (filters.length === 0) return true
  return filters.some((filter) =>
    filter === "overdue" ? deadline?.kind === "overdue" : status?.kind === filter,
  )
}

function summarizeStates(allStates: readonly AssetState[]): StatusDocument["summary"] {
  const states = allStates.filter(({ status }) => status !== undefined)
  const countStates = (kind: string) => states.filter(({ status }) => status?.kind === kind).length
  return {
    assets: states.length,
    sources: allStates.length - states.length,
    fresh: countStates("fresh"),
    stale: countStates("stale"),
    missing: countStates("missing"),
    failed: countStates("failed"),
    blocked: states.filter(({ status }) => isBlocked(status)).length,
    failed_checks: states.filter(({ failedErrors }) => failedErrors > 0).length,
    overdue: states.filter(({ deadline }) => deadline?.kind === "overdue").length,
    due_soon: states.filter(({ deadline }) => deadline?.kind === "due_soon").length,
  }
}

function isBlocked(status: AssetState["status"]): boolean {
  return (status?.kind === "stale" || status?.kind === "missing") && status.blocker !== undefined
}

function listPublications({ evaluation }: Project): StatusDocument["publications"] {
  return [...groupPublicationSets(evaluation.graph)].flatMap(([set, assets]) => {
    const publication = findSetPublication(evaluation, set, assets)
    if (publication === undefined) return []
    const { partitionKey: partition, atMs } = publication
    return [{ set, partition, published_at: toIsoTime(atMs) }]
  })
}

function describeLanding({ config, evaluation, graph }: Project): StatusDocument["landing"] {
  const sources = [...graph.assets.values()].filter((asset) => asset.kind === "source")
  return {
    folder: config.landing,
    is_empty: [...evaluation.landing.values()].every(({ size }) => size === 0),
    expected_paths: sources.map(({ path }) => path),
  }
}
