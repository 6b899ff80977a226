import { randomUUID } from "node:crypto"
import { existsSync } from "node:fs"
import { link, open, readFile, rename, rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"

import {
  FreshetError,
  type Problem,
  ProblemsError,
  type SavedPlan,
  toCanonicalJson,
} from "@freshet/core/engine"
import * as z from "zod/mini"

import { hash } from "../hash.ts"

/** A plan that lies in a file, with the command that made it. */
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

/** Refuses a path at which something lies already, unless it may be replaced. */
export function requireNewPath(path: string, mayReplace: boolean): void {
  if (!mayReplace && existsSync(path)) throw pathExistsError(path)
}

/** Writes a plan whole or not at all; what is there already is replaced only if it may be. */
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
    await (mayReplace ? rename(temporary, path) : moveToNewPath(temporary, path))
  } catch (cause) {
    if (cause instanceof FreshetError) throw cause
    throw new FreshetError("usage", `The plan cannot be written to ${path}.`, { cause })
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Gives a file its name unless another has it. Not every file system knows links: there the look before has to do. */
async function moveToNewPath(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (cause) {
    if (existsSync(path)) throw pathExistsError(path)
    if (!hasCode(cause, "EPERM", "ENOTSUP", "ENOSYS")) throw cause
    await rename(temporary, path)
  }
}

/** Reads a plan that was saved; a file that is not there, is none or was changed is one problem. */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (hasCode(cause, "ENOENT")) throw planFileError(`There is no file ${path}.`)
    throw new FreshetError("usage", `${path} cannot be read.`, { cause })
  })
  const parsed = fileSchema.safeParse(parseJson(text, path))
  if (!parsed.success) throw invalidPlanError(path, parsed.error.issues)
  const { command, saved_at: savedAt, checksum, plan } = parsed.data
  if (hash(toCanonicalJson(plan)) !== checksum)
    throw planFileError(`${path} is damaged: what it says is not what was saved.`)
  return { command, savedMs: Date.parse(savedAt), plan }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw planFileError(
      text.includes(planFileKind)
        ? `${path} is damaged: it is not whole.`
        : `${path} is no plan that Freshet saved.`,
    )
  }
}

function invalidPlanError(path: string, issues: readonly z.core.$ZodIssue[]): ProblemsError {
  const paths = issues.map((issue) => issue.path.join("."))
  if (paths.some((issuePath) => issuePath === "" || issuePath === "kind"))
    return planFileError(`${path} is no plan that Freshet saved.`)
  if (paths.includes("plan.format"))
    return planFileError(`${path} was saved by another version of Freshet, in a form unknown here.`)
  return planFileError(`${path} is damaged: \`${paths[0] ?? ""}\` is not what it should be.`)
}

function planFileError(message: string): ProblemsError {
  const hint = "`freshet plan … --save FILE` saves one that `freshet apply FILE` performs."
  return new ProblemsError("usage", [{ kind: "plan_file", message, hint }])
}

function pathExistsError(path: string): ProblemsError {
  const problem: Problem = {
    kind: "plan_file",
    message: `${path} is there already.`,
    hint: "Choose another name, or replace it with --force.",
  }
  return new ProblemsError("usage", [problem])
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code))
}
