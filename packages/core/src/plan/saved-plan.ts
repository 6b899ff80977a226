import { type PartitionRange, findPartition, formatPartitionKey } from "../declare/partition.ts"
import { type Hash, toCanonicalJson } from "../evaluate/declared-versions.ts"
import { getPartitions } from "../evaluate/inputs.ts"
import { type Evaluation, type StateKind, findCodeVersion } from "../evaluate/states.ts"
import type { Graph } from "../graph/graph.ts"
import type { Problem } from "../problem.ts"
import type { Plan, PlanRequest, Work } from "./plan.ts"

/** The content of a plan file: the request, the work, and the state that the plan depends on. */
export interface SavedPlan {
  readonly format: 1
  readonly targets: readonly NamedRange[]
  readonly only: Exclude<StateKind, "fresh"> | null
  readonly publish: boolean
  /** The targets that read the landed files although their reads as landed are recorded. */
  readonly repinned?: readonly NamedRange[] | undefined
  readonly work: readonly NamedRange[]
  readonly checks: readonly NamedRange[]
  readonly publications: readonly { readonly set: string; readonly partition: string }[]
  /** Version of the ledger. */
  readonly position: string
  /** Computation → code version, for the targets and their upstream. */
  readonly code: Readonly<Record<string, string>>
  /** Source → hash of its landed files, for the upstream of the targets. */
  readonly landed: Readonly<Record<string, string>>
}

/** Partitions of an asset or a computation, by key. */
export interface NamedRange {
  readonly name: string
  readonly from: string
  readonly to: string
}

/** Builds the content of a plan file. */
export function savePlan(
  evaluation: Evaluation,
  plan: Plan,
  request: Omit<PlanRequest, "targets">,
  hash: Hash,
): SavedPlan {
  const upstream = findUpstream(evaluation.graph, plan.targets.keys())
  const nameTargets = (targets: PlanRequest["targets"]) =>
    [...targets].flatMap(([name, ranges]) => nameAssetRanges(evaluation, name, ranges))
  return {
    format: 1,
    targets: nameTargets(plan.targets),
    only: request.only ?? null,
    publish: request.publish,
    ...(request.repinned && { repinned: nameTargets(request.repinned) }),
    work: plan.work.flatMap((work) => nameWorkRanges(evaluation, work)),
    checks: plan.checks.flatMap(({ asset, ranges }) =>
      nameAssetRanges(evaluation, asset.name, ranges),
    ),
    publications: plan.publications.map(({ set, key }) => ({ set, partition: key })),
    position: evaluation.snapshot.version,
    code: listCodeVersions(evaluation, upstream),
    landed: listLandedVersions(evaluation, upstream, hash),
  }
}

/** The request of a saved plan. A target that is no longer declared is left out, and `findPlanDrift` reports it. */
export function toPlanRequest({ graph }: Evaluation, saved: SavedPlan): PlanRequest {
  return {
    targets: findTargets(graph, saved.targets),
    only: saved.only ?? undefined,
    publish: saved.publish,
    repinned: saved.repinned && findTargets(graph, saved.repinned),
  }
}

function findTargets(graph: Graph, ranges: readonly NamedRange[]): PlanRequest["targets"] {
  const targets = new Map<string, PartitionRange[]>()
  for (const { name, from, to } of ranges) {
    const partitions = graph.assets.get(name)?.partitions
    const first = partitions && findPartition(partitions, from)
    const last = partitions && findPartition(partitions, to)
    if (first === undefined || last === undefined) continue
    targets.set(name, [...(targets.get(name) ?? []), { from: first, to: last }])
  }
  return targets
}

/** Finds the differences between a saved plan and the current plan of its request; none when both do the same work. */
export function findPlanDrift(saved: SavedPlan, current: SavedPlan): readonly Problem[] {
  const problems: Problem[] = []
  const add = (message: string): void => {
    const hint = "Save the plan again and review it: `freshet plan … --save FILE`."
    problems.push({ kind: "plan_moved", message, hint })
  }
  if (saved.position !== current.position)
    add(
      "The ledger changed after the plan was saved: partitions were materialized, checked or deleted.",
    )
  const currentNames = new Set(current.targets.map(({ name }) => name))
  const missingNames = new Set(
    saved.targets.map(({ name }) => name).filter((name) => !currentNames.has(name)),
  )
  for (const name of missingNames)
    add(`\`${name}\` is no longer declared, or has other partitions.`)
  if (missingNames.size > 0) return problems
  for (const name of listChangedNames(saved.code, current.code))
    add(`The code of \`${name}\` changed after the plan was saved.`)
  for (const name of listChangedNames(saved.landed, current.landed))
    add(`The landed files of \`${name}\` changed after the plan was saved.`)
  const isSame = toCanonicalJson(pickSteps(saved)) === toCanonicalJson(pickSteps(current))
  if (!isSame && problems.length === 0)
    add("The plan changed after it was saved: other partitions exist, or other ones are published.")
  return problems
}

function pickSteps({ work, checks, publications, targets }: SavedPlan): object {
  return { work, checks, publications, targets }
}

function listChangedNames(
  savedVersions: Readonly<Record<string, string>>,
  currentVersions: Readonly<Record<string, string>>,
): readonly string[] {
  const names = [...new Set([...Object.keys(savedVersions), ...Object.keys(currentVersions)])]
  return names.filter((name) => savedVersions[name] !== currentVersions[name])
}

function nameAssetRanges(
  { graph }: Evaluation,
  name: string,
  ranges: readonly PartitionRange[],
): readonly NamedRange[] {
  const partitions = graph.assets.get(name)?.partitions ?? { kind: "none" }
  return ranges.map(({ from, to }) => ({
    name,
    from: formatPartitionKey(partitions, from),
    to: formatPartitionKey(partitions, to),
  }))
}

function nameWorkRanges(
  evaluation: Evaluation,
  { computation, ranges }: Work,
): readonly NamedRange[] {
  const partitions = getPartitions(evaluation.graph, computation)
  return ranges.map(({ from, to }) => ({
    name: computation.name,
    from: formatPartitionKey(partitions, from),
    to: formatPartitionKey(partitions, to),
  }))
}

/** The code versions of the targets and their upstream, stale or fresh. */
function listCodeVersions(
  evaluation: Evaluation,
  upstream: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    evaluation.graph.computations
      .filter(({ outputs }) => outputs.some(({ asset }) => upstream.has(asset)))
      .map((computation) => [computation.name, findCodeVersion(evaluation, computation) ?? ""]),
  )
}

function listLandedVersions(
  { graph, landing }: Evaluation,
  upstream: ReadonlySet<string>,
  hash: Hash,
): Readonly<Record<string, string>> {
  const sources = [...upstream].filter((name) => graph.assets.get(name)?.kind === "source")
  return Object.fromEntries(
    sources.toSorted().map((name) => {
      const landed = [...(landing.get(name) ?? [])].toSorted(([a], [b]) => a - b)
      return [name, hash(JSON.stringify(landed.map(([index, { version }]) => [index, version])))]
    }),
  )
}

/** The targets and their upstream. */
function findUpstream({ upstream }: Graph, targets: Iterable<string>): ReadonlySet<string> {
  const names = new Set(targets)
  for (const name of names) for (const read of upstream.get(name) ?? []) names.add(read)
  return names
}
