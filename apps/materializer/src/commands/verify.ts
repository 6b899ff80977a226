import { randomInt } from "node:crypto"
import { join } from "node:path"

import { type Asset, type Computation, joinedRanges, type PartitionRange } from "@freshet/core"

import type { Config } from "../config.ts"
import type { Project } from "../project/project.ts"
import type { Remaking } from "../project/remaking.ts"
import type { Finding, Verification, VerificationProgress } from "../project/verification.ts"
import { warningLines } from "../render/problem-lines.ts"
import { remadeText, type RemadeText } from "../render/remade-text.ts"
import {
  verificationLines,
  verificationProgressLine,
  type VerificationView,
} from "../render/verification-lines.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { withProgressLine } from "./progress-line.ts"
import { shownPaths } from "./read-refusal.ts"
import { selectAssets } from "./select.ts"
import { sourceProblem, usage } from "./target-problems.ts"
import { type PartitionFlags, targetsOf } from "./targets.ts"

export interface VerifyFlags extends PartitionFlags {
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
  const config = await cli.loadConfig()
  cli.interruption.watch("Stopping.")
  const startedMs = cli.nowMs()
  const seed = flags.seed ?? randomInt(1_000_000)
  return cli.world.withRemaking(config, cli.interruption.signal, async (remaking) => {
    const { project } = remaking
    await printLines(cli.err, warningLines(project.warnings, cli.err.look))
    const assets = assetsMeant(project, words)
    const wanted = wantedOf(project, assets, flags)
    const found = await look(cli, remaking, { ...flags, seed, wanted })
    const { findings, ...counts } = found
    const view: VerificationView = {
      ...counts,
      findings: findings.map((finding) => textOf(cli, config, project, finding)),
      sample: flags.files ? undefined : { percent: flags.sample, seed },
      ms: cli.nowMs() - startedMs,
    }
    await (flags.json
      ? printJson(cli.out, verificationDocument(view, found))
      : printLines(cli.out, verificationLines(view, cli.out.look)))
    return findings.length === 0 ? exitCodes.done : exitCodes.differs
  })
}

function assetsMeant(project: Project, words: readonly string[]): readonly Asset[] {
  const names = selectAssets(project, words)
  const all = names.flatMap((name) => project.graph.assets.get(name) ?? [])
  const assets = all.filter((asset) => asset.kind === "asset")
  if (assets.length === 0 && all.length > 0) throw usage(sourceProblem(all))
  return assets
}

type Wanted = ReadonlyMap<Computation, readonly PartitionRange[]>

/** Outputs of one computation are made together, so they are asked for together. */
function wantedOf(project: Project, assets: readonly Asset[], flags: PartitionFlags): Wanted {
  const isNamed = [flags.date, flags.from, flags.to, flags.partition].some(
    (text) => text !== undefined,
  )
  const names = assets.map(({ name }) => name)
  const targets = isNamed ? targetsOf(project, names, flags) : everything(names)
  const wanted = new Map<Computation, readonly PartitionRange[]>()
  for (const { name, computation } of assets) {
    const ranges = [...(wanted.get(computation) ?? []), ...(targets.get(name) ?? [])]
    if (ranges.length > 0) wanted.set(computation, joinedRanges(ranges))
  }
  return wanted
}

function everything(names: readonly string[]): ReadonlyMap<string, readonly PartitionRange[]> {
  return new Map(names.map((name) => [name, [{ from: -Infinity, to: Infinity }]]))
}

async function look(
  cli: CommandLine,
  remaking: Remaking,
  request: { readonly sample: number; readonly seed: number; readonly files: boolean } & {
    readonly wanted: Wanted
  },
): Promise<Verification> {
  const { verification } = await import("../project/verification.ts")
  const startedMs = cli.nowMs()
  const line = (progress: VerificationProgress, columns: number | undefined) =>
    verificationProgressLine("verify", progress, cli.nowMs() - startedMs, {
      ...cli.err.look,
      columns,
    })
  return withProgressLine(cli, line, (progress) =>
    verification(remaking, { ...request, percent: request.sample, progress }),
  )
}

function textOf(
  cli: CommandLine,
  config: Config,
  { graph }: Project,
  { computation, partition, remade }: Finding,
): RemadeText {
  return remadeText(remade, { graph, computation, partition, ...pathsOf(cli, config) })
}

/** The ways from keys of the lake and paths of the landing zone to paths that a person may type. */
export function pathsOf(cli: CommandLine, { lake, landing }: Config) {
  const shown = (folder: string) => (path: string) =>
    shownPaths(cli, folder)([path])[0] ?? join(folder, path)
  return { lakePath: shown(lake), landedPath: shown(landing) }
}

function verificationDocument(view: VerificationView, found: Verification): object {
  return {
    outcome: view.findings.length === 0 ? "as_recorded" : "differs",
    assets: view.assets,
    partitions: view.partitions,
    made_again: view.remade,
    files: view.files,
    sample_percent: view.sample?.percent ?? null,
    seed: view.sample?.seed ?? null,
    ms: view.ms,
    findings: view.findings.map((text, at) => findingDocument(text, found.findings[at])),
  }
}

function findingDocument(text: RemadeText, finding: Finding | undefined): object {
  const { asset, partition, message, hint } = text
  return { kind: finding?.remade.kind, asset, partition, message, hint: hint ?? null }
}
