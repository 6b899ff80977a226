import { randomUUID } from "node:crypto"
import { open, readFile, rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"

import { FreshetError, ProblemsError, type SavedPlan, toCanonicalJson } from "@freshet/core/engine"
import * as z from "zod/mini"

import { hash } from "../hash.ts"
import { hasCode, moveFile } from "../new-path.ts"

/** A saved plan, with the command that created it. */
export interface PlanFile {
  readonly command: string
  readonly savedMs: number
  readonly plan: SavedPlan
}

const planFileKind = "freshet_plan"

const rangeSchema = z.object({ name: z.string(), from: z.string(), to: z.string() })
const planSchema = z.object({
  format: z.literal(1),
  targets: z.array(rangeSchema),
  only: z.nullable(z.enum(["missing", "stale", "failed"])),
  publish: z.boolean(),
  repinned: z.optional(z.array(rangeSchema)),
  work: z.array(rangeSchema),
  checks: z.array(rangeSchema),
  publications: z.array(z.object({ set: z.string(), partition: z.string() })),
  position: z.string(),
  code: z.record(z.string(), z.string()),
  landed: z.record(z.string(), z.string()),
})
const fileSchema = z.object({
  kind: z.literal(planFileKind),
  saved_at: z.iso.datetime(),
  command: z.string(),
  checksum: z.string(),
  plan: planSchema,
})

/** Writes a plan atomically; an existing file is replaced only on request. */
export async function writePlanFile(
  path: string,
  { command, savedMs, plan }: PlanFile,
  mayReplace: boolean,
): Promise<void> {
  const saved_at = new Date(savedMs).toISOString()
  const document = {
    kind: planFileKind,
    saved_at,
    command,
    checksum: hash(toCanonicalJson(plan)),
    plan,
  }
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    const file = await open(temporary, "wx")
    try {
      await file.writeFile(`${JSON.stringify(document, undefined, 2)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await moveFile(temporary, path, mayReplace)
  } catch (cause) {
    if (cause instanceof FreshetError) throw cause
    throw new FreshetError("usage", `The plan cannot be written to ${path}.`, { cause })
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Reads a saved plan; fails for a missing, foreign or damaged file. */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (hasCode(cause, "ENOENT")) throw planFileError(`There is no file ${path}.`)
    throw new FreshetError("usage", `${path} cannot be read.`, { cause })
  })
  const parsed = fileSchema.safeParse(parseJson(text, path))
  if (!parsed.success) throw invalidPlanError(path, parsed.error.issues)
  const { command, saved_at: savedAt, checksum, plan } = parsed.data
  if (hash(toCanonicalJson(plan)) !== checksum)
    throw planFileError(`${path} is damaged: its content differs from the saved plan.`)
  return { command, savedMs: Date.parse(savedAt), plan }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw planFileError(
      text.includes(planFileKind)
        ? `${path} is damaged: it is incomplete.`
        : `${path} is not a plan saved by Freshet.`,
    )
  }
}

function invalidPlanError(path: string, issues: readonly z.core.$ZodIssue[]): ProblemsError {
  const paths = issues.map((issue) => issue.path.join("."))
  if (paths.some((issuePath) => issuePath === "" || issuePath === "kind"))
    return planFileError(`${path} is not a plan saved by Freshet.`)
  if (paths.includes("plan.format"))
    return planFileError(`${path} was saved by another version of Freshet in an unknown format.`)
  return planFileError(`${path} is damaged: \`${paths[0] ?? ""}\` is invalid.`)
}

function planFileError(message: string): ProblemsError {
  const hint = "`freshet plan … --save FILE` saves a plan for `freshet apply FILE`."
  return new ProblemsError("usage", [{ kind: "plan_file", message, hint }])
}
