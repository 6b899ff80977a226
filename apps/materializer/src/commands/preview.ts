import { resolve } from "node:path"

import { makePlan, savePlan } from "@freshet/core"

import { planOnStored } from "../project/lost-files.ts"
import type { Planned, Project } from "../project/project.ts"
import { planLines } from "../render/plan-table.ts"
import { warningLines } from "../render/problem-lines.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { planDocument } from "./plan-document.ts"
import { planView } from "./plan-view.ts"
import type { RunOrder } from "./run-order.ts"

/** Where a plan is saved. */
export interface SaveFlags {
  readonly save?: string
  readonly force: boolean
}

/** How a plan is shown, and where it is saved. */
export type PreviewFlags = Partial<SaveFlags> & { readonly json: boolean }

/** Shows what would be done, and saves it where that was asked for; does nothing else. */
export async function preview(
  cli: CommandLine,
  { json, save, force = false }: PreviewFlags,
  given: Project,
  order: RunOrder,
): Promise<Planned> {
  const path = save === undefined ? undefined : resolve(cli.cwd, save)
  if (path !== undefined) await refuseTaken(path, force)
  const planned = await planOrder(given, order)
  const { project } = planned
  const view = await planView(planned, order.named?.(project))
  if (path !== undefined) await savePlanned(cli, planned, order, { path, force })
  await printLines(cli.err, warningLines(project.warnings, cli.err.look))
  await (json
    ? printJson(cli.out, { ...planDocument(project, view), saved: path ?? null })
    : printLines(cli.out, planLines(project.graph, view, cli.out.look)))
  if (save !== undefined)
    await printLines(cli.err, [`Saved. \`freshet apply ${save}\` does exactly this, or nothing.`])
  return planned
}

/** Makes the plan that is ordered from what is really there. */
export async function planOrder(given: Project, order: RunOrder): Promise<Planned> {
  const planned = await planOnStored(given, (project) =>
    makePlan(project.evaluation, order.request(project), project.hash),
  )
  order.inspect?.(planned)
  return planned
}

async function refuseTaken(path: string, force: boolean): Promise<void> {
  const { refuseExisting } = await import("../project/plan-file.ts")
  refuseExisting(path, force)
}

async function savePlanned(
  cli: CommandLine,
  { project, plan }: Planned,
  { command, request }: RunOrder,
  { path, force }: { readonly path: string; readonly force: boolean },
): Promise<void> {
  const { writePlanFile } = await import("../project/plan-file.ts")
  const saved = savePlan(project.evaluation, plan, request(project), project.hash)
  await writePlanFile(path, { command, savedMs: cli.nowMs(), plan: saved }, force)
}
