import { access, constants, mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises"
import { join } from "node:path"

import type { AnyAsset, SourceAsset } from "@freshet/core"
import {
  formatBytes,
  formatCount,
  formatPartitionKey,
  formatQuantity,
  FreshetError,
} from "@freshet/core/engine"
import type { Store } from "@freshet/io"
import {
  type Config,
  openStore,
  type Project,
  readPublished,
  type Services,
} from "@freshet/services"

import { type Diagnostic, formatDiagnostics } from "../render/diagnostics.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

/** Looks at everything that Freshet stands on, and says what to do where it does not hold. */
export async function doctor(cli: CommandLine, flags: { readonly json: boolean }): Promise<number> {
  const node = checkNode(cli.versions.node)
  const services = await loadServices(cli)
  const { config } = services
  const store = openStore(config)
  const findings = [
    node,
    checkConfig(config),
    await homeFinding(config.home),
    await lakeFinding(store),
    await checkDisk(config.home),
    ...(await checkProject(services)),
    await checkLeftovers(config, store),
  ]
  await (flags.json
    ? printJson(cli.out, { findings })
    : printLines(cli.out, formatDiagnostics(findings, cli.out.style)))
  return getDoctorExitCode(findings)
}

function getDoctorExitCode(findings: readonly Diagnostic[]): number {
  const failed = findings.filter(({ level }) => level === "fail")
  if (failed.length === 0) return exitCodes.done
  return failed.some(({ subject }) => subject === "PostgreSQL")
    ? exitCodes.unreachable
    : exitCodes.fault
}

function checkNode(version: string): Diagnostic {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const isSupported = major > 20 || (major === 20 && minor >= 19)
  return {
    level: isSupported ? "ok" : "fail",
    subject: "Node",
    message: version,
    hint: isSupported ? undefined : "Freshet needs Node 20.19 or newer.",
  }
}

function checkConfig({ assets }: Config): Diagnostic {
  const sources = assets.filter(({ kind }: AnyAsset) => kind === "source").length
  if (assets.length === 0)
    return {
      level: "warn",
      subject: "configuration",
      message: "no assets are declared",
      hint: "List them under `assets` in freshet.config.ts.",
    }
  const message = `${formatQuantity(assets.length - sources, "asset")} and ${formatQuantity(sources, "source")} declared`
  return { level: "ok", subject: "configuration", message }
}

const writeHint = "Give this user the right to write there, or set FRESHET_HOME or FRESHET_LAKE."

async function homeFinding(folder: string): Promise<Diagnostic> {
  const subject = "state folder"
  try {
    await mkdir(folder, { recursive: true })
    const probe = join(folder, ".freshet-probe")
    await writeFile(probe, "")
    await rm(probe)
    return { level: "ok", subject, message: folder }
  } catch (error) {
    const message = `${folder} cannot be written: ${getErrorMessage(error)}`
    return { level: "fail", subject, message, hint: writeHint }
  }
}

async function lakeFinding(store: Store): Promise<Diagnostic> {
  try {
    await store.probe()
    return { level: "ok", subject: "lake", message: store.locate() }
  } catch (error) {
    return { level: "fail", subject: "lake", message: getErrorMessage(error), hint: writeHint }
  }
}

function getErrorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const minFreeBytes = 2e9

async function checkDisk(folder: string): Promise<Diagnostic> {
  try {
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const level = free < minFreeBytes ? "warn" : "ok"
    return {
      level,
      subject: "disk",
      message: `${formatBytes(free)} free`,
      hint: level === "ok" ? undefined : "Large steps spill to disk: make room.",
    }
  } catch (error) {
    return { level: "warn", subject: "disk", message: getErrorMessage(error) }
  }
}

/** What can only be known with the database at hand. */
async function checkProject(services: Services): Promise<readonly Diagnostic[]> {
  const landing = await checkLanding(services.config.landing)
  try {
    const server = await checkPostgres(services)
    return await services.withProject({}, async (project) => [
      server,
      await checkEngine(),
      landing,
      ...checkSources(project),
      ...(await checkQuarantine(project)),
      ...project.warnings.map(toWarningFinding),
    ])
  } catch (error) {
    return [landing, toFailureFinding(error)]
  }
}

async function checkPostgres(services: Services): Promise<Diagnostic> {
  const sql = "select current_setting('server_version') as version"
  const { rows } = await readPublished(services, { sql, limit: 1 })
  const location = services.config.databaseUrl === undefined ? "embedded" : "DATABASE_URL"
  const message = `${location}, version ${toText(rows[0]?.["version"])}, tables up to date`
  return { level: "ok", subject: "PostgreSQL", message }
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : "unknown"
}

async function checkEngine(): Promise<Diagnostic> {
  const { readEngineVersion } = await import("@freshet/io")
  return {
    level: "ok",
    subject: "engine",
    message: `DuckDB ${readEngineVersion()}`,
  }
}

function toFailureFinding(error: unknown): Diagnostic {
  const isServer = error instanceof FreshetError && error.code === "postgres"
  return {
    level: "fail",
    subject: isServer ? "PostgreSQL" : "project",
    message: getErrorMessage(error),
    hint: error instanceof FreshetError ? error.hint : undefined,
  }
}

async function checkLanding(folder: string): Promise<Diagnostic> {
  const subject = "landing zone"
  try {
    await access(folder, constants.R_OK | constants.X_OK)
    return { level: "ok", subject, message: folder }
  } catch {
    return {
      level: "warn",
      subject,
      message: `${folder} is not there or cannot be read`,
      hint: "Set FRESHET_LANDING, or run `freshet demo-data` to make up some files.",
    }
  }
}

function checkSources(project: Project): readonly Diagnostic[] {
  return [...project.graph.assets.values()]
    .filter((asset) => asset.kind === "source")
    .map((source) => checkSource(project, source))
}

function checkSource({ evaluation }: Project, source: SourceAsset): Diagnostic {
  const landed = evaluation.landing.get(source.name)
  const bounds = evaluation.bounds.get(source.name)
  if (landed === undefined || bounds === undefined)
    return {
      level: "warn",
      subject: source.name,
      message: "no file has landed",
      hint: `Files are expected as ${source.path}.`,
    }
  const [first, last] = [bounds.from, bounds.to].map((day) =>
    formatPartitionKey(source.partitions, day),
  )
  const days = source.partitions.kind === "none" ? "" : `, ${first ?? ""} to ${last ?? ""}`
  const files = [...landed.values()].reduce((sum, { files }) => sum + files.length, 0)
  const message = `${formatQuantity(files, "file")}${days}`
  return { level: "ok", subject: source.name, message }
}

async function checkQuarantine({ ledger }: Project): Promise<readonly Diagnostic[]> {
  return (await ledger.listQuarantinedLines()).map(({ source, quarantined, lines }) => ({
    level: "warn",
    subject: source,
    message: `${formatCount(quarantined)} of ${formatQuantity(lines, "line")} quarantined`,
    hint: `\`freshet data quarantine ${source}\` shows them.`,
  }))
}

function toWarningFinding({ message, hint }: Project["warnings"][number]): Diagnostic {
  return { level: "warn", subject: "landing zone", message, hint }
}

async function checkLeftovers(config: Config, store: Store): Promise<Diagnostic> {
  const temporaryFiles = await store.measureTemp()
  const spillFolders = await listNames(join(config.home, "spill"))
  const total = temporaryFiles.files + spillFolders.length
  if (total === 0) return { level: "ok", subject: "temporary files", message: "none left over" }
  return {
    level: "warn",
    subject: "temporary files",
    message: `${formatCount(total)} in use or left by runs that were killed`,
    hint: "The next run removes those of the lake, `freshet gc` whatever is old.",
  }
}

async function listNames(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}
