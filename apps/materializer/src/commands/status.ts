import {
  type AssetState,
  type Project,
  readAssetStates,
  selectAssets,
  toStatusDocument,
} from "@freshet/services"

import { formatWarnings } from "../render/problems.ts"
import {
  formatEmptyLanding,
  formatPublications,
  formatStatus,
  formatStatusSummary,
} from "../render/status.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

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
  const services = await loadServices(cli)
  return services.withProject({}, async (initialProject) => {
    const assets = selectAssets(initialProject, words).flatMap(
      (name) => initialProject.graph.assets.get(name) ?? [],
    )
    const { project, states } = await readAssetStates(initialProject, assets)
    const shownStates = states.filter((state) => matchesFlags(state, flags))
    await printLines(cli.err, formatWarnings(project.warnings, cli.err.style))
    await (flags.json
      ? printJson(cli.out, toStatusListDocument(project, states, shownStates))
      : printLines(cli.out, formatStatusPage(cli, project, states, shownStates)))
    return flags.exitCode && states.some(needsAttention) ? exitCodes.notFresh : exitCodes.done
  })
}

function matchesFlags(state: AssetState, { stale, failed, missing, late }: StatusFlags): boolean {
  if (!stale && !failed && !missing && !late) return true
  const kind = state.status?.kind
  return (
    (stale && kind === "stale") ||
    (failed && kind === "failed") ||
    (missing && kind === "missing") ||
    (late && state.overdue !== undefined)
  )
}

function needsAttention({ status, overdue }: AssetState): boolean {
  return overdue !== undefined || (status !== undefined && status.kind !== "fresh")
}

function formatStatusPage(
  cli: CommandLine,
  project: Project,
  states: readonly AssetState[],
  shownStates: readonly AssetState[],
): readonly string[] {
  const { graph, nowMs, evaluation } = project
  const lines = formatStatus(graph, shownStates, nowMs, cli.out.style)
  const published = formatPublications(evaluation.snapshot.publications.values(), nowMs)
  return [
    ...lines,
    ...(lines.length > 0 ? [""] : []),
    `${formatStatusSummary(states)}${published.length > 0 ? ` ${published.join(" ")}` : ""}`,
    ...formatNextSteps(project, states),
  ]
}

/** What to do next, if anything. */
function formatNextSteps(
  { evaluation, graph, config }: Project,
  states: readonly AssetState[],
): readonly string[] {
  const isAnyLanded = [...evaluation.landing.values()].some(({ size }) => size > 0)
  const sources = [...graph.assets.values()].filter((asset) => asset.kind === "source")
  if (!isAnyLanded)
    return formatEmptyLanding(
      config.landing,
      sources.map(({ path }) => path),
    )
  const failed = states.find(({ status }) => status?.kind === "failed")
  const hasOpenWork = states.some(
    ({ status }) => status?.kind === "stale" || status?.kind === "missing",
  )
  return [
    ...(failed === undefined ? [] : [`\`freshet why ${failed.name}\` tells what went wrong.`]),
    ...(hasOpenWork ? ["`freshet materialize` makes what is not up to date."] : []),
  ]
}

function toStatusListDocument(
  project: Project,
  states: readonly AssetState[],
  shownStates: readonly AssetState[],
): object {
  const countStates = (kind: string) => states.filter(({ status }) => status?.kind === kind).length
  return {
    now: toIsoTime(project.nowMs),
    summary: {
      assets: states.filter(({ status }) => status !== undefined).length,
      fresh: countStates("fresh"),
      stale: countStates("stale"),
      missing: countStates("missing"),
      failed: countStates("failed"),
      late: states.filter(({ overdue }) => overdue !== undefined).length,
    },
    assets: shownStates.map((state) => toAssetDocument(project, state)),
    publications: [...project.evaluation.snapshot.publications.values()].map((published) => ({
      set: published.set,
      partition: published.partitionKey,
      version: published.version,
      published_at: toIsoTime(published.atMs),
    })),
    warnings: project.warnings,
  }
}

/** An instant as JSON writes it. */
export function toIsoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** An asset's state as JSON. */
export function toAssetDocument(project: Project, state: AssetState): object {
  const { status, overdue } = state
  return {
    name: state.name,
    group: state.group,
    kind: state.kind,
    ...(status === undefined ? { status: "source" } : toStatusDocument(project, status)),
    newest_partition: state.newest ?? null,
    partitions: state.partitions,
    rows: state.rows ?? null,
    bytes: state.bytes ?? null,
    made_at: state.materializedMs === undefined ? null : toIsoTime(state.materializedMs),
    overdue:
      overdue === undefined
        ? null
        : { partition: overdue.partitionKey, due_at: toIsoTime(overdue.dueMs) },
    checks: { failed_errors: state.failedErrors, failed_warnings: state.failedWarnings },
  }
}
