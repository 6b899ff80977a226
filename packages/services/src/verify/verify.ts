import type { Asset } from "@freshet/core"
import { type Computation, joinRanges, type PartitionRange } from "@freshet/core/engine"

import type { VerificationDocument } from "../documents/verification.ts"
import {
  hasPartitionArguments,
  type PartitionArguments,
  resolveTargets,
} from "../plan/partition-arguments.ts"
import { selectAssets } from "../plan/select-assets.ts"
import { sourceProblem, usageError } from "../plan/target-problems.ts"
import { toProblemDocument } from "../problem-document.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { describeFinding } from "./describe-finding.ts"
import { verifyPartitions } from "./verify-partitions.ts"

/** A selection to verify: a sample that is recomputed, or every retained file. */
export interface VerifyRequest {
  readonly selection: readonly string[]
  readonly partitions: PartitionArguments
  readonly percent: number
  /** Equal seeds choose equal samples. */
  readonly seed: number
  readonly files: boolean
}

/** Checks that fresh partitions can be recomputed from their recorded inputs, and that their files are intact. */
export async function verify(
  services: Services,
  request: VerifyRequest,
): Promise<VerificationDocument> {
  const { emit, nowMs } = services
  const startedMs = nowMs()
  return services.withProject({ engine: "recompute", lostFiles: "keep" }, async (project) => {
    const { percent, seed, files } = request
    const targets = resolveVerificationTargets(project, request)
    const options = { targets, percent, seed, files, emit }
    const { findings, ...counts } = await verifyPartitions(project, options)
    return {
      outcome: findings.length === 0 ? "as_recorded" : "differs",
      ...counts,
      sample_percent: files ? null : percent,
      seed: files ? null : seed,
      ms: nowMs() - startedMs,
      findings: findings.map((finding) => describeFinding(project, finding, finding.result)),
      warnings: project.warnings.map(toProblemDocument),
    }
  })
}

/** Joins the targets of all outputs of a computation, which are recomputed together. */
function resolveVerificationTargets(
  project: Project,
  { selection, partitions }: VerifyRequest,
): ReadonlyMap<Computation, readonly PartitionRange[]> {
  const assets = selectVerifiedAssets(project, selection)
  const names = assets.map(({ name }) => name)
  const targetRanges = hasPartitionArguments(partitions)
    ? resolveTargets(project, names, partitions)
    : new Map(names.map((name) => [name, [{ from: -Infinity, to: Infinity }]]))
  const targets = new Map<Computation, readonly PartitionRange[]>()
  for (const { name, computation } of assets) {
    const ranges = [...(targets.get(computation) ?? []), ...(targetRanges.get(name) ?? [])]
    if (ranges.length > 0) targets.set(computation, joinRanges(ranges))
  }
  return targets
}

function selectVerifiedAssets(project: Project, selection: readonly string[]): readonly Asset[] {
  const names = selectAssets(project, selection)
  const selectedAssets = names.flatMap((name) => project.graph.assets.get(name) ?? [])
  const assets = selectedAssets.filter((asset) => asset.kind === "asset")
  if (assets.length === 0 && selectedAssets.length > 0)
    throw usageError(sourceProblem(selectedAssets))
  return assets
}
