import { resolve } from "node:path"

import { buildPlan, savePlan } from "@freshet/core/engine"
import {
  planWithExistingFiles,
  type Project,
  type ProjectPlan,
  readPlanDetails,
  type RunRequest,
  toPlanDocument,
} from "@freshet/services"

import { formatPlan } from "../render/plan.ts"
import { formatWarnings } from "../render/problems.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"

/** Where a plan is saved. */
export interface SaveFlags {
  readonly save?: string
  readonly force: boolean
}

/** How a plan is shown, and where it is saved. */
export type PreviewFlags = Partial<SaveFlags> & { readonly json: boolean }

/** Shows what would be done, and saves it where that was asked for; does nothing else. */
export async function previewPlan(
  cli: CommandLine,
  { json, save, force = false }: PreviewFlags,
  initialProject: Project,
  request: RunRequest,
): Promise<ProjectPlan> {
  const path = save === undefined ? undefined : resolve(cli.cwd, save)
  if (path !== undefined) await requireFreePath(path, force)
  const projectPlan = await createPlan(initialProject, request)
  const { project } = projectPlan
  const details = await readPlanDetails(projectPlan, request.listNamedTargets?.(project))
  if (path !== undefined) await saveProjectPlan(cli, projectPlan, request, { path, force })
  await printLines(cli.err, formatWarnings(project.warnings, cli.err.style))
  await (json
    ? printJson(cli.out, { ...toPlanDocument(project, details), saved: path ?? null })
    : printLines(cli.out, formatPlan(project.graph, details, cli.out.style)))
  if (save !== undefined)
    await printLines(cli.err, [`Saved. \`freshet apply ${save}\` does exactly this, or nothing.`])
  return projectPlan
}

/** Makes the plan that is ordered from what is really there. */
export async function createPlan(
  initialProject: Project,
  request: RunRequest,
): Promise<ProjectPlan> {
  const projectPlan = await planWithExistingFiles(initialProject, (project) =>
    buildPlan(project.evaluation, request.toPlanRequest(project), project.hash),
  )
  request.verifyPlan?.(projectPlan)
  return projectPlan
}

async function requireFreePath(path: string, force: boolean): Promise<void> {
  const { requireNewPath } = await import("@freshet/services")
  requireNewPath(path, force)
}

async function saveProjectPlan(
  cli: CommandLine,
  { project, plan }: ProjectPlan,
  { command, toPlanRequest }: RunRequest,
  { path, force }: { readonly path: string; readonly force: boolean },
): Promise<void> {
  const { writePlanFile } = await import("@freshet/services")
  const savedPlan = savePlan(project.evaluation, plan, toPlanRequest(project), project.hash)
  await writePlanFile(path, { command, savedMs: cli.nowMs(), plan: savedPlan }, force)
}
