import { randomUUID } from "node:crypto"
import { existsSync, readdirSync, renameSync, statSync } from "node:fs"
import { join, resolve } from "node:path"

import { build } from "esbuild"

const packageFolder = resolve(import.meta.dirname, "..")
const sourceFolder = join(packageFolder, "src")
const builtFolder = join(packageFolder, ".build")
const supervisorFile = join(builtFolder, "test-supervisor.js")

/** The program that holds an embedded server for as long as its standard input is open. */
export const clientProgramFile = join(builtFolder, "test-client.js")

/** The command that starts a supervisor built from today's sources. */
export async function getSupervisorCommand(): Promise<readonly string[]> {
  if (!isCurrent()) await bundlePrograms()
  return [process.execPath, supervisorFile]
}

/** Bundles the supervisor and the client program; inside this package, so that they find the PostgreSQL programs. */
export async function bundlePrograms(): Promise<void> {
  await bundleProgram(join(sourceFolder, "supervisor.ts"), supervisorFile)
  await bundleProgram(join(import.meta.dirname, "client-program.ts"), clientProgramFile)
}

async function bundleProgram(entry: string, outfile: string): Promise<void> {
  const draft = `${outfile}.${randomUUID()}`
  await build({
    entryPoints: [entry],
    outfile: draft,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  })
  renameSync(draft, outfile)
}

function isCurrent(): boolean {
  if (!existsSync(supervisorFile) || !existsSync(clientProgramFile)) return false
  const sources = readdirSync(sourceFolder).map(
    (name) => statSync(join(sourceFolder, name)).mtimeMs,
  )
  return statSync(supervisorFile).mtimeMs > Math.max(...sources)
}
