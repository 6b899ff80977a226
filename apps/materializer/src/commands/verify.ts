import { randomInt } from "node:crypto"
import { join } from "node:path"

import type { Asset } from "@freshet/core"
import { type Computation, joinRanges, type PartitionRange } from "@freshet/core/engine"
import {
  type PartitionArguments,
  type Project,
  resolveTargets,
  selectAssets,
  sourceProblem,
  usageError,
  type VerificationFinding,
  type VerificationProgress,
  type VerificationReport,
} from "@freshet/services"

import { formatWarnings } from "../render/problems.ts"
import { describeMismatch, type ReproducibilityFinding } from "../render/reproducibility-finding.ts"
import {
  formatVerification,
  formatVerificationProgress,
  type VerificationSummary,
} from "../render/verification.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { createPathFormatter } from "../terminal/paths.ts"
import { withProgressLine } from "../terminal/progress-line.ts"

export interface VerifyFlags extends PartitionArguments {
  /** In percent. */
  readonly sample: number
  readonly seed?: number
  readonly files: boolean
  readonly json: boolean
}

/** Makes a sample of what is up to date again and compares; holds no lock, keeps nothing. */
export async function verify(
  cli: CommandLine,
  flags: VerifyFlags,
  ...words: readonly string[]
): Promise<number> {
  const services = await loadServices(cli)
  cli.interruption.watch("Stopping.")
  const startedMs = cli.nowMs()
  const seed = flags.seed ?? randomInt(1_000_000)
  return services.withProject({ engine: "recompute" }, async (project) => {
    await printLines(cli.err, formatWarnings(project.warnings, cli.err.style))
    const assets = selectVerifiedAssets(project, words)
    const targets = resolveVerificationTargets(project, assets, flags)
    const report = await runVerification(cli, project, { ...flags, seed, targets })
    const { findings, ...otherFields } = report
    const view: VerificationSummary = {
      ...otherFields,
      findings: findings.map((finding) => describeFinding(cli, project, finding)),
      sample: flags.files ? undefined : { percent: flags.sample, seed },
      ms: cli.nowMs() - startedMs,
    }
    await (flags.json
      ? printJson(cli.out, toVerificationDocument(view, report))
      : printLines(cli.out, formatVerification(view, cli.out.style)))
    return findings.length === 0 ? exitCodes.done : exitCodes.differs
  })
}

function selectVerifiedAssets(project: Project, words: readonly string[]): readonly Asset[] {
  const names = selectAssets(project, words)
  const selectedAssets = names.flatMap((name) => project.graph.assets.get(name) ?? [])
  const assets = selectedAssets.filter((asset) => asset.kind === "asset")
  if (assets.length === 0 && selectedAssets.length > 0)
    throw usageError(sourceProblem(selectedAssets))
  return assets
}

type VerificationTargets = ReadonlyMap<Computation, readonly PartitionRange[]>

/** Outputs of one computation are made together, so they are asked for together. */
function resolveVerificationTargets(
  project: Project,
  assets: readonly Asset[],
  flags: PartitionArguments,
): VerificationTargets {
  const hasArguments = [flags.date, flags.from, flags.to, flags.partition].some(
    (text) => text !== undefined,
  )
  const names = assets.map(({ name }) => name)
  const targetRanges = hasArguments
    ? resolveTargets(project, names, flags)
    : selectAllPartitions(names)
  const targets = new Map<Computation, readonly PartitionRange[]>()
  for (const { name, computation } of assets) {
    const ranges = [...(targets.get(computation) ?? []), ...(targetRanges.get(name) ?? [])]
    if (ranges.length > 0) targets.set(computation, joinRanges(ranges))
  }
  return targets
}

function selectAllPartitions(
  names: readonly string[],
): ReadonlyMap<string, readonly PartitionRange[]> {
  return new Map(names.map((name) => [name, [{ from: -Infinity, to: Infinity }]]))
}

async function runVerification(
  cli: CommandLine,
  project: Project,
  request: { readonly sample: number; readonly seed: number; readonly files: boolean } & {
    readonly targets: VerificationTargets
  },
): Promise<VerificationReport> {
  const { verifyPartitions } = await import("@freshet/services")
  const startedMs = cli.nowMs()
  const formatLine = (progress: VerificationProgress, columns: number | undefined) =>
    formatVerificationProgress("verify", progress, cli.nowMs() - startedMs, {
      ...cli.err.style,
      columns,
    })
  return withProgressLine(cli, formatLine, (progress) =>
    verifyPartitions(project, { ...request, percent: request.sample, onProgress: progress }),
  )
}

function describeFinding(
  cli: CommandLine,
  project: Project,
  { computation, partition, result }: VerificationFinding,
): ReproducibilityFinding {
  const { graph } = project
  return describeMismatch(result, {
    graph,
    computation,
    partition,
    ...createPathFormatters(cli, project),
  })
}

/** The ways from keys of the lake and paths of the landing zone to paths that a person may type. */
export function createPathFormatters(cli: CommandLine, { store, config }: Project) {
  const formatPath = createPathFormatter(cli)
  return {
    lakePath: (key: string) => formatPath(store.locate(key)),
    landedPath: (path: string) => formatPath(join(config.landing, path)),
  }
}

function toVerificationDocument(view: VerificationSummary, report: VerificationReport): object {
  return {
    outcome: view.findings.length === 0 ? "as_recorded" : "differs",
    assets: view.assets,
    partitions: view.partitions,
    made_again: view.recomputed,
    files: view.files,
    sample_percent: view.sample?.percent ?? null,
    seed: view.sample?.seed ?? null,
    ms: view.ms,
    findings: view.findings.map((text, at) => toFindingDocument(text, report.findings[at])),
  }
}

function toFindingDocument(
  text: ReproducibilityFinding,
  finding: VerificationFinding | undefined,
): object {
  const { asset, partition, message, hint } = text
  return { kind: finding?.result.kind, asset, partition, message, hint: hint ?? null }
}
