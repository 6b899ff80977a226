import { access, constants, mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises"
import { join } from "node:path"

import { type AnyAsset, type SourceAsset, FreshetError, partitionKey } from "@freshet/core"

import type { Config } from "../config.ts"
import type { Project } from "../project/project.ts"
import { bytesText, count, counted } from "../render/amount.ts"
import { type Finding, doctorLines } from "../render/doctor-lines.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"

/** Looks at everything that Freshet stands on, and says what to do where it does not hold. */
export async function doctor(cli: CommandLine, flags: { readonly json: boolean }): Promise<number> {
  const node = nodeFinding(cli.versions.node)
  const config = await cli.loadConfig()
  const findings = [
    node,
    configFinding(config),
    await writableFinding("state folder", config.home),
    await writableFinding("lake", config.lake),
    await diskFinding(config.home),
    ...(await projectFindings(cli, config)),
    await leftoverFinding(config),
  ]
  await (flags.json
    ? printJson(cli.out, { findings })
    : printLines(cli.out, doctorLines(findings, cli.out.look)))
  return exitOf(findings)
}

function exitOf(findings: readonly Finding[]): number {
  const failed = findings.filter(({ level }) => level === "fail")
  if (failed.length === 0) return exitCodes.done
  return failed.some(({ subject }) => subject === "PostgreSQL")
    ? exitCodes.unreachable
    : exitCodes.fault
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  return {
    level: ok ? "ok" : "fail",
    subject: "Node",
    message: version,
    hint: ok ? undefined : "Freshet needs Node 20.19 or newer.",
  }
}

function configFinding({ assets }: Config): Finding {
  const sources = assets.filter(({ kind }: AnyAsset) => kind === "source").length
  if (assets.length === 0)
    return {
      level: "warn",
      subject: "configuration",
      message: "no assets are declared",
      hint: "List them under `assets` in freshet.config.ts.",
    }
  const message = `${counted(assets.length - sources, "asset")} and ${counted(sources, "source")} declared`
  return { level: "ok", subject: "configuration", message }
}

async function writableFinding(subject: string, folder: string): Promise<Finding> {
  try {
    await mkdir(folder, { recursive: true })
    const probe = join(folder, ".freshet-probe")
    await writeFile(probe, "")
    await rm(probe)
    return { level: "ok", subject, message: folder }
  } catch (error) {
    return {
      level: "fail",
      subject,
      message: `${folder} cannot be written: ${messageOf(error)}`,
      hint: "Give this user the right to write there, or set FRESHET_HOME or FRESHET_LAKE.",
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const littleSpace = 2e9

async function diskFinding(folder: string): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const level = free < littleSpace ? "warn" : "ok"
    return {
      level,
      subject: "disk",
      message: `${bytesText(free)} free`,
      hint: level === "ok" ? undefined : "Large steps spill to disk: make room.",
    }
  } catch (error) {
    return { level: "warn", subject: "disk", message: messageOf(error) }
  }
}

/** What can only be known with the database at hand. */
async function projectFindings(cli: CommandLine, config: Config): Promise<readonly Finding[]> {
  const landing = await landingFinding(config.landing)
  try {
    const server = await postgresFinding(cli, config)
    return await cli.world.withProject(config, async (project) => [
      server,
      await engineFinding(cli),
      landing,
      ...sourceFindings(project),
      ...(await quarantineFindings(project)),
      ...project.warnings.map(warningFinding),
    ])
  } catch (error) {
    return [landing, failureFinding(error)]
  }
}

async function postgresFinding(cli: CommandLine, config: Config): Promise<Finding> {
  const sql = "select current_setting('server_version') as version"
  const { rows } = await cli.world.readPublished(config, { sql, limit: 1 })
  const where = config.databaseUrl === undefined ? "embedded" : "DATABASE_URL"
  const message = `${where}, version ${textOf(rows[0]?.["version"])}, tables up to date`
  return { level: "ok", subject: "PostgreSQL", message }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "unknown"
}

async function engineFinding(cli: CommandLine): Promise<Finding> {
  return { level: "ok", subject: "engine", message: `DuckDB ${await cli.world.engineVersion()}` }
}

function failureFinding(error: unknown): Finding {
  const isServer = error instanceof FreshetError && error.code === "postgres"
  return {
    level: "fail",
    subject: isServer ? "PostgreSQL" : "project",
    message: messageOf(error),
    hint: error instanceof FreshetError ? error.hint : undefined,
  }
}

async function landingFinding(folder: string): Promise<Finding> {
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

function sourceFindings(project: Project): readonly Finding[] {
  return [...project.graph.assets.values()]
    .filter((asset) => asset.kind === "source")
    .map((source) => sourceFinding(project, source))
}

function sourceFinding({ evaluation }: Project, source: SourceAsset): Finding {
  const landed = evaluation.landing.get(source.name)
  const extent = evaluation.extents.get(source.name)
  if (landed === undefined || extent === undefined)
    return {
      level: "warn",
      subject: source.name,
      message: "no file has landed",
      hint: `Files are expected as ${source.path}.`,
    }
  const [first, last] = [extent.from, extent.to].map((day) => partitionKey(source.partitions, day))
  const days = source.partitions.kind === "none" ? "" : `, ${first ?? ""} to ${last ?? ""}`
  const files = [...landed.values()].reduce((sum, { files }) => sum + files.length, 0)
  const message = `${counted(files, "file")}${days}`
  return { level: "ok", subject: source.name, message }
}

async function quarantineFindings({ history }: Project): Promise<readonly Finding[]> {
  return (await history.quarantined()).map(({ source, quarantined, lines }) => ({
    level: "warn",
    subject: source,
    message: `${count(quarantined)} of ${counted(lines, "line")} quarantined`,
    hint: `\`freshet data quarantine ${source}\` shows them.`,
  }))
}

function warningFinding({ message, hint }: Project["warnings"][number]): Finding {
  return { level: "warn", subject: "landing zone", message, hint }
}

async function leftoverFinding(config: Config): Promise<Finding> {
  const temporary = await names(join(config.lake, ".tmp"))
  const spilled = await names(join(config.home, "spill"))
  const all = temporary.length + spilled.length
  if (all === 0) return { level: "ok", subject: "temporary files", message: "none left over" }
  return {
    level: "warn",
    subject: "temporary files",
    message: `${count(all)} in use or left by runs that were killed`,
    hint: "The next run removes those of the lake, `freshet gc` whatever is old.",
  }
}

async function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}
