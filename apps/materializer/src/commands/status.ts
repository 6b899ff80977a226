import type { Project } from "../project/project.ts"
import { warningLines } from "../render/problem-lines.ts"
import {
  nothingLandedLines,
  publishedLines,
  statusLines,
  statusSentence,
} from "../render/status-table.ts"
import { type AssetState, assetStates } from "./asset-state.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { statusDocument } from "./plan-document.ts"
import { selectAssets } from "./select.ts"

export interface StatusFlags {
  readonly stale: boolean
  readonly failed: boolean
  readonly missing: boolean
  readonly late: boolean
  readonly exitCode: boolean
  readonly json: boolean
}

/** Tells how every asset stands: up to date or not, and late or not. */
export async function status(
  cli: CommandLine,
  flags: StatusFlags,
  ...words: readonly string[]
): Promise<number> {
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (given) => {
    const assets = selectAssets(given, words).flatMap((name) => given.graph.assets.get(name) ?? [])
    const { project, states: all } = await assetStates(given, assets)
    const shown = all.filter((state) => isAskedFor(state, flags))
    await printLines(cli.err, warningLines(project.warnings, cli.err.look))
    await (flags.json
      ? printJson(cli.out, statusDocumentOf(project, all, shown))
      : printLines(cli.out, statusText(cli, project, all, shown)))
    return flags.exitCode && all.some(isOpen) ? exitCodes.notFresh : exitCodes.done
  })
}

function isAskedFor(state: AssetState, { stale, failed, missing, late }: StatusFlags): boolean {
  if (!stale && !failed && !missing && !late) return true
  const kind = state.status?.kind
  return (
    (stale && kind === "stale") ||
    (failed && kind === "failed") ||
    (missing && kind === "missing") ||
    (late && state.overdue !== undefined)
  )
}

function isOpen({ status, overdue }: AssetState): boolean {
  return overdue !== undefined || (status !== undefined && status.kind !== "fresh")
}

function statusText(
  cli: CommandLine,
  project: Project,
  all: readonly AssetState[],
  shown: readonly AssetState[],
): readonly string[] {
  const { graph, nowMs, evaluation } = project
  const lines = statusLines(graph, shown, nowMs, cli.out.look)
  const published = publishedLines(evaluation.snapshot.publications.values(), nowMs)
  return [
    ...lines,
    ...(lines.length > 0 ? [""] : []),
    `${statusSentence(all)}${published.length > 0 ? ` ${published.join(" ")}` : ""}`,
    ...nextLines(project, all),
  ]
}

/** What to do next, if anything. */
function nextLines(
  { evaluation, graph, config }: Project,
  states: readonly AssetState[],
): readonly string[] {
  const isAnyLanded = [...evaluation.landing.values()].some(({ size }) => size > 0)
  const sources = [...graph.assets.values()].filter((asset) => asset.kind === "source")
  if (!isAnyLanded)
    return nothingLandedLines(
      config.landing,
      sources.map(({ path }) => path),
    )
  const failed = states.find(({ status }) => status?.kind === "failed")
  const isOpen = states.some(({ status }) => status?.kind === "stale" || status?.kind === "missing")
  return [
    ...(failed === undefined ? [] : [`\`freshet why ${failed.name}\` tells what went wrong.`]),
    ...(isOpen ? ["`freshet materialize` makes what is not up to date."] : []),
  ]
}

function statusDocumentOf(
  project: Project,
  all: readonly AssetState[],
  shown: readonly AssetState[],
): object {
  const of = (kind: string) => all.filter(({ status }) => status?.kind === kind).length
  return {
    now: isoTime(project.nowMs),
    summary: {
      assets: all.filter(({ status }) => status !== undefined).length,
      fresh: of("fresh"),
      stale: of("stale"),
      missing: of("missing"),
      failed: of("failed"),
      late: all.filter(({ overdue }) => overdue !== undefined).length,
    },
    assets: shown.map((state) => assetDocument(project, state)),
    publications: [...project.evaluation.snapshot.publications.values()].map((published) => ({
      set: published.set,
      partition: published.partitionKey,
      version: published.version,
      published_at: isoTime(published.atMs),
    })),
    warnings: project.warnings,
  }
}

/** An instant as JSON writes it. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** An asset's state as JSON. */
export function assetDocument(project: Project, state: AssetState): object {
  const { status, overdue } = state
  return {
    name: state.name,
    group: state.group,
    kind: state.kind,
    ...(status === undefined ? { status: "source" } : statusDocument(project, status)),
    newest_partition: state.newest ?? null,
    partitions: state.partitions,
    rows: state.rows ?? null,
    bytes: state.bytes ?? null,
    made_at: state.madeMs === undefined ? null : isoTime(state.madeMs),
    overdue:
      overdue === undefined
        ? null
        : { partition: overdue.partitionKey, due_at: isoTime(overdue.dueMs) },
    checks: { failed_errors: state.failedErrors, failed_warnings: state.failedWarnings },
  }
}
