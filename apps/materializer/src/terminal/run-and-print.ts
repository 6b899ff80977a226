import { resolve } from "node:path"

import { formatQuantity } from "@freshet/core/engine"
import {
  executeRun,
  type PlanDocument,
  planRequest,
  type RunDocument,
  type RunRequest,
  type Services,
} from "@freshet/services"

import { formatPlan } from "../render/plan.ts"
import { formatWarnings } from "../render/problems.ts"
import { nothingToPublish } from "../render/publish-preview.ts"
import { formatRun } from "../render/run.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { canAsk, confirmChange } from "./confirm.ts"
import { exitCodes, getRunExitCode } from "./exit-code.ts"
import { loadServices } from "./load-services.ts"
import { createPathFormatter } from "./paths.ts"
import { createRunReporter } from "./run-reporter.ts"

/** Flags of every command that runs steps. */
export interface RunFlags {
  readonly dryRun: boolean
  readonly yes: boolean
  readonly concurrency?: number
  readonly failFast: boolean
  readonly wait: boolean
  readonly json: boolean
  readonly jsonl: boolean
}

/** Flags of every command that saves plans. */
export interface SaveFlags {
  readonly save?: string
  readonly force: boolean
}

/** The number of requested partitions above which a person is asked. */
const confirmationThreshold = 20

/** Executes a request and prints the run; with --dry-run or --save only its plan. */
export async function runAndPrint(
  cli: CommandLine,
  flags: RunFlags & Partial<SaveFlags>,
  request: RunRequest,
): Promise<number> {
  if (flags.dryRun || flags.save !== undefined) {
    await planAndPrint(cli, { ...flags, json: flags.json || flags.jsonl }, request)
    await printLines(cli.err, ["Dry run: nothing was executed."])
    return exitCodes.done
  }
  const { command, target } = request
  const hasHint = target.kind === "backfill" || target.kind === "retry"
  const reporter = createRunReporter(cli, command, { jsonLines: flags.jsonl, hasHint })
  const services = await loadServices(cli, reporter)
  cli.interruption.watch(
    "Stopping: running steps are undone, finished partitions are retained.",
    reporter.print,
  )
  try {
    const run = await executeConfirmed(cli, services, flags, request)
    reporter.stop()
    if (run === undefined) return exitCodes.done
    if (flags.json) await printJson(cli.out, run)
    else if (!flags.jsonl) await printLines(cli.out, formatRequestedRun(cli, target, run))
    return getRunExitCode(run, cli.interruption.getExitCode())
  } finally {
    reporter.stop()
  }
}

function formatRequestedRun(
  cli: CommandLine,
  { kind }: RunRequest["target"],
  run: RunDocument,
): readonly string[] {
  if (kind === "publish" && run.publications.length === 0) return [nothingToPublish]
  return formatRun(run, createPathFormatter(cli), cli.out.style)
}

/** Executes a request; a large one only after a person confirmed its plan. */
async function executeConfirmed(
  cli: CommandLine,
  services: Services,
  flags: RunFlags,
  request: RunRequest,
): Promise<RunDocument | undefined> {
  const { yes, failFast, wait, concurrency } = flags
  const options = { failFast, wait, concurrency }
  const confirmAbove = canAsk(cli, flags) ? confirmationThreshold : undefined
  const result = await executeRun(services, request, { ...options, confirmAbove })
  if (result.kind === "executed") return result.run
  const isConfirmed = await confirmChange(cli, {
    yes,
    lines: formatPlan(result.plan, cli.err.style),
    question: `Run this for ${formatQuantity(result.plan.requested_count, "partition")}?`,
    refusal: "Nothing was run.",
  })
  if (!isConfirmed) return undefined
  const confirmed = await executeRun(services, request, options)
  return confirmed.kind === "executed" ? confirmed.run : undefined
}

/** Plans a request, saves the plan if requested, and prints it. */
export async function planAndPrint(
  cli: CommandLine,
  { json, save, force = false }: Partial<SaveFlags> & { readonly json: boolean },
  request: RunRequest,
): Promise<PlanDocument> {
  const saveRequest = save === undefined ? undefined : { path: resolve(cli.cwd, save), force }
  const plan = await planRequest(await loadServices(cli), request, saveRequest)
  await printLines(cli.err, formatWarnings(plan.warnings, cli.err.style))
  await (json ? printJson(cli.out, plan) : printLines(cli.out, formatPlan(plan, cli.out.style)))
  if (save !== undefined)
    await printLines(cli.err, [`Saved. \`freshet apply ${save}\` executes exactly this plan.`])
  return plan
}
