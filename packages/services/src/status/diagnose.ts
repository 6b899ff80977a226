import { formatCount, formatQuantity, FreshetError, getErrorMessage } from "@freshet/core/engine"

import { readPublished } from "../data/read-published.ts"
import type { DiagnosticsDocument, FindingDocument } from "../documents/diagnostics.ts"
import { findLostRecords } from "../lost-files.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import {
  checkConfig,
  checkDisk,
  checkHome,
  checkLake,
  checkLanding,
  checkNode,
  checkTemporaryFiles,
} from "./check-installation.ts"
import { checkOrphaned } from "./check-orphaned.ts"
import { checkPublishedTables } from "./check-published-tables.ts"
import { checkQuarantine, checkSources } from "./check-sources.ts"

/** Facts that only the calling program knows. */
export interface DiagnosticsRequest {
  readonly nodeVersion: string
}

/** Checks the installation, the database and the sources. */
export async function diagnose(
  services: Services,
  { nodeVersion }: DiagnosticsRequest,
): Promise<DiagnosticsDocument> {
  const { config } = services
  return {
    findings: [
      checkNode(nodeVersion),
      checkConfig(config),
      await checkHome(config),
      await checkLake(config),
      await checkDisk(config),
      ...(await checkProject(services)),
      await checkTemporaryFiles(config),
    ],
  }
}

async function checkProject(services: Services): Promise<readonly FindingDocument[]> {
  const landing = await checkLanding(services.config)
  try {
    const server = await checkPostgres(services)
    return await services.withProject({ lostFiles: "keep" }, async (project) => [
      server,
      await checkEngine(),
      await checkPublishedTables(project),
      await checkStoredFiles(project),
      landing,
      ...checkSources(project),
      ...(await checkQuarantine(project)),
      ...(await checkOrphaned(project)),
      ...project.warnings.map(toWarningFinding),
    ])
  } catch (error) {
    return [landing, toFaultFinding(error)]
  }
}

async function checkPostgres(services: Services): Promise<FindingDocument> {
  const sql = "select current_setting('server_version') as version"
  const { rows } = await readPublished(services, { sql, limit: 1 })
  const version = rows[0]?.["version"]
  const location = services.config.databaseUrl === undefined ? "embedded" : "DATABASE_URL"
  const versionText = typeof version === "string" ? version : "unknown"
  const message = `${location}, version ${versionText}, tables up to date`
  return { level: "ok", subject: "PostgreSQL", message, hint: null }
}

/** Looks up the file of every partition. */
async function checkStoredFiles(project: Project): Promise<FindingDocument> {
  const partitions = new Map(
    [...project.evaluation.graph.assets.values()].flatMap((asset) => {
      const bounds = project.evaluation.bounds.get(asset.name)
      return asset.kind === "source" || bounds === undefined
        ? []
        : [[asset.name, [bounds]] as const]
    }),
  )
  const { fileCount, missingRecords, damagedRecords } = await findLostRecords(project, partitions)
  const subject = "stored files"
  const counts = [
    ...(missingRecords.length === 0 ? [] : [`${formatCount(missingRecords.length)} missing`]),
    ...(damagedRecords.length === 0 ? [] : [`${formatCount(damagedRecords.length)} damaged`]),
  ]
  if (counts.length === 0)
    return { level: "ok", subject, message: formatQuantity(fileCount, "file"), hint: null }
  return {
    level: "warn",
    subject,
    message: `${counts.join(", ")} of ${formatQuantity(fileCount, "file")}`,
    hint: "Runs rebuild the partitions that they need; `freshet verify` names the files.",
  }
}

async function checkEngine(): Promise<FindingDocument> {
  const { readEngineVersion } = await import("@freshet/io")
  return { level: "ok", subject: "engine", message: `DuckDB ${readEngineVersion()}`, hint: null }
}

function toWarningFinding({ message, hint }: Project["warnings"][number]): FindingDocument {
  return { level: "warn", subject: "landing zone", message, hint: hint ?? null }
}

function toFaultFinding(error: unknown): FindingDocument {
  const isServerFault = error instanceof FreshetError && error.code === "postgres"
  return {
    level: "fail",
    subject: isServerFault ? "PostgreSQL" : "project",
    message: getErrorMessage(error),
    hint: (error instanceof FreshetError ? error.hint : undefined) ?? null,
  }
}
