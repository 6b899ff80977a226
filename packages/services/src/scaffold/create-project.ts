import { existsSync } from "node:fs"
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { basename, dirname, join, relative } from "node:path"

import { usageError } from "../plan/target-problems.ts"
import { findConfigFile } from "./config-file.ts"

/** A created project: the files that were written, and those that existed and stay as they are. */
export interface CreatedProject {
  readonly folder: string
  readonly written: readonly string[]
  readonly retained: readonly string[]
}

/** Copies the template of a project into a folder. An existing package.json receives what it lacks; other existing files stay. */
export async function createProject(template: string, folder: string): Promise<CreatedProject> {
  const configFile = findConfigFile(folder)
  if (configFile !== undefined)
    throw usageError({
      kind: "usage",
      message: `${configFile} exists: the folder has a project already.`,
      hint: "`freshet new asset NAME` adds an asset to it.",
    })
  const entries = await readdir(template, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(template, join(entry.parentPath, entry.name)))
    .toSorted()
  const written: string[] = []
  const retained: string[] = []
  for (const path of paths) {
    const isWritten = await writeTemplate(join(template, path), join(folder, toTarget(path)))
    ;(isWritten ? written : retained).push(toTarget(path))
  }
  return { folder, written, retained }
}

/** Package managers leave a file .gitignore out of a package, so the template's has another name. */
function toTarget(path: string): string {
  return basename(path) === "gitignore" ? join(dirname(path), ".gitignore") : path
}

/** Writes one file; false if it exists and nothing has to be added. */
async function writeTemplate(source: string, target: string): Promise<boolean> {
  await mkdir(dirname(target), { recursive: true })
  if (basename(target) === "package.json") return writeManifest(source, target)
  if (existsSync(target)) return false
  await cp(source, target)
  return true
}

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

async function writeManifest(source: string, target: string): Promise<boolean> {
  const template = await readManifest(source)
  const name = basename(dirname(target))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
  const existing = existsSync(target) ? await readManifest(target) : undefined
  const manifest =
    existing === undefined ? { ...template, name } : completeManifest(existing, template)
  if (JSON.stringify(manifest) === JSON.stringify(existing)) return false
  await writeFile(target, `${JSON.stringify(manifest, undefined, 2)}\n`)
  return true
}

async function readManifest(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(path, "utf8")) as Manifest // a package.json is an object
}

/** The script that `npm init` writes, which only fails. */
const placeholderScript = /^echo "Error: no test specified"/

/** Adds the scripts and dependencies that a manifest lacks. */
function completeManifest(manifest: Manifest, template: Manifest): Manifest {
  const { test = "", ...scripts } = manifest.scripts ?? {}
  const isPlaceholder = test === "" || placeholderScript.test(test)
  const dependencies = { ...template.dependencies, ...manifest.dependencies }
  const addedTools = Object.entries(template.devDependencies ?? {}).filter(
    ([name]) => manifest.dependencies?.[name] === undefined,
  )
  return {
    ...manifest,
    scripts: { ...template.scripts, ...scripts, ...(isPlaceholder ? {} : { test }) },
    dependencies,
    devDependencies: { ...Object.fromEntries(addedTools), ...manifest.devDependencies },
  }
}
