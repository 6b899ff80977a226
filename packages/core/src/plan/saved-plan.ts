import { type PartitionRange, findPartition, formatPartitionKey } from "../declare/partition.ts"
import { type Hash, toCanonicalJson } from "../evaluate/declared-versions.ts"
import { getPartitions } from "../evaluate/inputs.ts"
import { type Evaluation, type StateKind, findCodeVersion } from "../evaluate/states.ts"
import type { Graph } from "../graph/graph.ts"
import type { Problem } from "../problem.ts"
import type { Plan, PlanRequest, Work } from "./plan.ts"

/** A plan as it is kept in a file: what was asked for, what it would do, and all that it was made from. */
export interface SavedPlan {
  readonly format: 1
  readonly targets: readonly NamedRange[]
  readonly only: Exclude<StateKind, "fresh"> | null
  readonly publish: boolean
  readonly work: readonly NamedRange[]
  readonly checks: readonly NamedRange[]
  readonly publications: readonly { readonly set: string; readonly partition: string }[]
  /** What the ledger had said last. */
  readonly position: string
  /** Computation → code version, of all that the targets come from. */
  readonly code: Readonly<Record<string, string>>
  /** Source → hash of what has landed, of those that the targets come from. */
  readonly landed: Readonly<Record<string, string>>
}

/** Partitions of an asset or a computation, by key. */
export interface NamedRange {
  readonly name: string
  readonly from: string
  readonly to: string
}

/** A plan as a file keeps it. */
export function savePlan(
  evaluation: Evaluation,
  plan: Plan,
  request: Omit<PlanRequest, "targets">,
  hash: Hash,
): SavedPlan {
  const upstream = findUpstream(evaluation.graph, plan.targets.keys())
  return {
    format: 1,
    targets: [...plan.targets].flatMap(([name, ranges]) =>
      nameAssetRanges(evaluation, name, ranges),
    ),
    only: request.only ?? null,
    publish: request.publish,
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

/** What a saved plan asked for; a target that is not declared any more is left out, and `planDrift` then tells. */
export function toPlanRequest({ graph }: Evaluation, saved: SavedPlan): PlanRequest {
  const targets = new Map<string, PartitionRange[]>()
  for (const { name, from, to } of saved.targets) {
    const partitions = graph.assets.get(name)?.partitions
    const first = partitions && findPartition(partitions, from)
    const last = partitions && findPartition(partitions, to)
    if (first === undefined || last === undefined) continue
    targets.set(name, [...(targets.get(name) ?? []), { from: first, to: last }])
  }
  return { targets, only: saved.only ?? undefined, publish: saved.publish }
}

/** Why a saved plan is not what would be done now; nothing when performing `now` is performing exactly it. */
export function findPlanDrift(saved: SavedPlan, current: SavedPlan): readonly Problem[] {
  const problems: Problem[] = []
  const add = (message: string): void => {
    const hint = "Make the plan again and look at it: `freshet plan … --save FILE`."
    problems.push({ kind: "plan_moved", message, hint })
  }
  if (saved.position !== current.position)
    add("The ledger moved since the plan was saved: something was made, checked or cleaned up.")
  const currentNames = new Set(current.targets.map(({ name }) => name))
  const missingNames = new Set(
    saved.targets.map(({ name }) => name).filter((name) => !currentNames.has(name)),
  )
  for (const name of missingNames)
    add(`\`${name}\` is not declared any more, or is cut into other partitions.`)
  if (missingNames.size > 0) return problems
  for (const name of listChangedNames(saved.code, current.code))
    add(`The code of \`${name}\` is not what it was when the plan was saved.`)
  for (const name of listChangedNames(saved.landed, current.landed))
    add(`What has landed of \`${name}\` is not what it was when the plan was saved.`)
  const isSame = toCanonicalJson(pickSteps(saved)) === toCanonicalJson(pickSteps(current))
  if (!isSame && problems.length === 0)
    add("The plan would not be the same now: what exists or what is published has changed.")
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

/** The code of everything that the targets come from, whether there is anything to do about it or not. */
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

/** The targets with everything that they read, directly or not. */
function findUpstream({ upstream }: Graph, targets: Iterable<string>): ReadonlySet<string> {
  const names = new Set(targets)
  for (const name of names) for (const read of upstream.get(name) ?? []) names.add(read)
  return names
}
