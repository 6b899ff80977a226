import { resolve } from "node:path"

import type { AnyAsset, GroupAutomation, PageQuery } from "@freshet/core"
import {
  collectAssets,
  formatSuggestion,
  isAsset,
  isAssetModule,
  type Problem,
  ProblemsError,
} from "@freshet/core/engine"
import * as z from "zod/mini"

import { collectPageQueries } from "./data/collect-page-queries.ts"
import type { DemoGenerators } from "./data/demo-generators.ts"
import { findDatabaseUrlFault } from "./database-url.ts"
import { type FreshetConfig, profileSettings } from "./define-config.ts"
import { findEnvironmentNameFault } from "./environments/environment-name.ts"
import { findSecrets, selectProfile } from "./profiles.ts"

/** The complete and valid configuration, with absolute paths. */
export interface Config {
  /** Folder of the configuration. */
  readonly projectFolder: string
  readonly assets: readonly AnyAsset[]
  /** The selected profile of the configuration. */
  readonly profile: string | undefined
  /** The environment whose ledger and published tables are used; undefined for the default one. */
  readonly environment: string | undefined
  readonly automation: GroupAutomation
  readonly pageQueries: readonly PageQuery[]
  readonly pools: Readonly<Record<string, number>>
  readonly home: string
  readonly lake: string
  readonly landing: string
  readonly migrations: string
  readonly memoryMb: number
  readonly codeMemoryMb: number
  readonly threads: number | undefined
  readonly concurrency: number
  readonly logDays: number
  readonly historyDays: number
  readonly lockTimeoutSeconds: number
  readonly statementTimeoutSeconds: number
  /** A secret: the URL to which OpenLineage events are posted, or the absolute path of a file. */
  readonly openLineage: string | undefined
  /** The base URL of an OTLP/HTTP receiver of traces. */
  readonly traces: string | undefined
  /** Kafka brokers of declared streams, separated by commas. */
  readonly kafkaBrokers: string | undefined
  readonly cacheMb: number
  readonly s3Region: string
  readonly s3PathStyle: boolean
  readonly demo: (() => Promise<DemoGenerators>) | undefined
  /** A secret: it is never printed, logged or stored. */
  readonly databaseUrl: string | undefined
  /** A secret: the URL to which alerts are posted. */
  readonly alertWebhook: string | undefined
  /** A secret: the mail server of alerts. */
  readonly smtpUrl: string | undefined
  /** The addresses that receive alerts, separated by commas. */
  readonly alertEmailTo: string | undefined
  readonly alertEmailFrom: string
  /** A secret: the token of people who may run something in the web page. */
  readonly uiToken: string | undefined
  /** A secret: the token of people who may only read the web page. */
  readonly uiViewerToken: string | undefined
}

/** Returns the id of this process, which is printed by commands that wait for its run. */
export function getProcessId(): number {
  return process.pid
}

/** Returns the program of Node that runs this process. */
export function getNodeProgram(): string {
  return process.execPath
}

type Environment = Readonly<Record<string, string | undefined>>

const folderSchema = z.string().check(z.minLength(1, "must name a folder"))
const positiveIntegerSchema = z.coerce
  .number("must be a whole number")
  .check(z.int("must be a whole number"), z.positive("must be above 0"))
const timeoutSchema = positiveIntegerSchema.check(
  z.maximum(2_000_000, "must be at most 2000000"), // PostgreSQL counts milliseconds in 31 bits
)
function checkDatabaseUrl(payload: z.core.ParsePayload<string>): void {
  const message = findDatabaseUrlFault(payload.value)
  if (message !== undefined) payload.issues.push({ code: "custom", message, input: payload.value })
}

function checkEnvironmentName(payload: z.core.ParsePayload<string>): void {
  const message = findEnvironmentNameFault(payload.value)
  if (message !== undefined) payload.issues.push({ code: "custom", message, input: payload.value })
}

const tokenSchema = z.optional(
  z.string().check(z.minLength(16, "must have at least 16 characters")),
)

const urlSchema = z.url({ protocol: /^https?$/, error: "must be a URL of http or https" })
const smtpSchema = z.url({ protocol: /^smtps?$/, error: "must be a URL of smtp or smtps" })

const settingsSchema = z.object({
  environment: z.optional(z.string().check(checkEnvironmentName)),
  home: folderSchema,
  lake: z.optional(folderSchema),
  landing: folderSchema,
  migrations: folderSchema,
  memoryMb: positiveIntegerSchema.check(z.minimum(256, "must be at least 256")),
  codeMemoryMb: positiveIntegerSchema.check(z.minimum(32, "must be at least 32")),
  threads: z.optional(positiveIntegerSchema),
  concurrency: positiveIntegerSchema.check(z.maximum(16, "must be at most 16")),
  pools: z.record(z.string(), positiveIntegerSchema),
  logDays: positiveIntegerSchema,
  historyDays: positiveIntegerSchema,
  lockTimeoutSeconds: timeoutSchema,
  statementTimeoutSeconds: timeoutSchema,
  openLineage: z.optional(z.string()),
  traces: z.optional(urlSchema),
  kafkaBrokers: z.optional(z.string()),
  cacheMb: positiveIntegerSchema,
  s3Region: z.string(),
  s3PathStyle: z.optional(z.union([z.boolean(), z.stringbool()])),
  databaseUrl: z.optional(z.string().check(checkDatabaseUrl)),
  alertWebhook: z.optional(urlSchema),
  smtpUrl: z.optional(smtpSchema),
  alertEmailTo: z.optional(z.string()),
  alertEmailFrom: z.string(),
  uiToken: tokenSchema,
  uiViewerToken: tokenSchema,
})

const defaults = {
  home: ".freshet",
  landing: "landing",
  migrations: "migrations",
  memoryMb: 2048,
  codeMemoryMb: 1024,
  concurrency: 4,
  pools: {},
  logDays: 30,
  historyDays: 90,
  lockTimeoutSeconds: 300,
  statementTimeoutSeconds: 3600,
  cacheMb: 10_000,
  s3Region: "us-east-1",
  alertEmailFrom: "freshet@localhost",
}

const environmentVariables = {
  environment: "FRESHET_ENV",
  home: "FRESHET_HOME",
  lake: "FRESHET_LAKE",
  landing: "FRESHET_LANDING",
  memoryMb: "FRESHET_MEMORY_MB",
  codeMemoryMb: "FRESHET_CODE_MEMORY_MB",
  threads: "FRESHET_THREADS",
  concurrency: "FRESHET_CONCURRENCY",
  logDays: "FRESHET_LOG_DAYS",
  historyDays: "FRESHET_HISTORY_DAYS",
  lockTimeoutSeconds: "FRESHET_LOCK_TIMEOUT_SECONDS",
  statementTimeoutSeconds: "FRESHET_STATEMENT_TIMEOUT_SECONDS",
  openLineage: "FRESHET_OPENLINEAGE",
  traces: "OTEL_EXPORTER_OTLP_ENDPOINT",
  kafkaBrokers: "FRESHET_KAFKA_BROKERS",
  cacheMb: "FRESHET_CACHE_MB",
  s3Region: "AWS_REGION",
  s3PathStyle: "FRESHET_S3_PATH_STYLE",
  databaseUrl: "DATABASE_URL",
  alertWebhook: "FRESHET_ALERT_WEBHOOK",
  smtpUrl: "FRESHET_SMTP_URL",
  alertEmailTo: "FRESHET_ALERT_EMAIL_TO",
  alertEmailFrom: "FRESHET_ALERT_EMAIL_FROM",
  uiToken: "FRESHET_UI_TOKEN",
  uiViewerToken: "FRESHET_UI_VIEWER_TOKEN",
} as const

/**
 * Resolves the configuration of a project: the values of the file, overridden by the environment.
 * Paths of the file are relative to `root`, those of the environment to `cwd`. Fails with every problem.
 */
export function resolveConfig(
  file: FreshetConfig | undefined,
  root: string,
  environment: Environment = process.env,
  cwd: string = root,
): Config {
  const assets = collectDeclared(file?.assets ?? [])
  const profile = environment["FRESHET_PROFILE"] || undefined
  const settings = {
    ...defaults,
    ...file,
    ...selectProfile(file, profile, defaults.home),
    ...readEnvironment(environment, cwd),
  }
  const parsed = settingsSchema.safeParse(settings)
  const fileProblems = [...findUnknownKeys(file), ...findSecrets(file, environment)]
  if (!parsed.success || fileProblems.length > 0)
    throw new ProblemsError("config", [
      ...fileProblems,
      ...(parsed.error?.issues ?? []).map((issue) => describeSettingProblem(issue, environment)),
    ])
  const { lake, home, landing, migrations, ...engineSettings } = parsed.data
  const absoluteHome = resolve(root, home)
  return {
    ...engineSettings,
    projectFolder: root,
    assets,
    environment: engineSettings.environment,
    profile,
    automation: file?.automation ?? {},
    pageQueries: collectPageQueries(file?.pageQueries ?? []),
    demo: file?.demo,
    home: absoluteHome,
    lake: resolveLocation(root, lake ?? resolve(absoluteHome, "lake")),
    s3PathStyle: engineSettings.s3PathStyle ?? hasOwnEndpoint(environment),
    landing: resolveLocation(root, landing),
    migrations: resolve(root, migrations),
    threads: engineSettings.threads,
    openLineage: engineSettings.openLineage && resolveLineage(root, engineSettings.openLineage),
    traces: engineSettings.traces,
    kafkaBrokers: engineSettings.kafkaBrokers,
    databaseUrl: engineSettings.databaseUrl,
    alertWebhook: engineSettings.alertWebhook,
    smtpUrl: engineSettings.smtpUrl,
    alertEmailTo: engineSettings.alertEmailTo,
    uiToken: engineSettings.uiToken,
    uiViewerToken: engineSettings.uiViewerToken,
  }
}

const settingNames = [
  "assets",
  "automation",
  "pageQueries",
  "demo",
  "profiles",
  ...Object.keys(settingsSchema.shape),
]

/** Finds keys of the configuration that name no setting: a misspelt one would be ignored. */
function findUnknownKeys(file: FreshetConfig | undefined): readonly Problem[] {
  const profiles = Object.entries(file?.profiles ?? {})
  return [
    ...listUnknownKeys("", file ?? {}, settingNames),
    ...profiles.flatMap(([name, profile]) =>
      listUnknownKeys(`profiles.${name}.`, profile, profileSettings),
    ),
  ]
}

function listUnknownKeys(
  prefix: string,
  settings: object,
  names: readonly string[],
): readonly Problem[] {
  const keys = Object.keys(settings).filter((key) => !names.includes(key))
  return keys.map((key) => ({
    kind: "config",
    message: `${prefix}${key} in freshet.config.ts is not a setting.`,
    hint: formatSuggestion(key, names),
  }))
}

/** Tests if files are in an object store rather than a folder. */
export function isObjectStoreUrl(location: string): boolean {
  return location.startsWith("s3://")
}

/** Resolves a folder relative to another one; URLs of object stores stay as they are. */
export function resolveLocation(root: string, location: string): string {
  return isObjectStoreUrl(location) ? location : resolve(root, location)
}

/** Tests if the object store is another one than Amazon's. */
function hasOwnEndpoint(environment: Environment): boolean {
  return [environment["AWS_ENDPOINT_URL_S3"], environment["AWS_ENDPOINT_URL"]].some(Boolean)
}

/** Collects the declared assets. Rejects values that are none, since an editor without types accepts them. */
function collectDeclared(assets: unknown): readonly AnyAsset[] {
  const list: readonly unknown[] | undefined = Array.isArray(assets) ? assets : undefined
  const index = list?.findIndex((entry) => !isAsset(entry) && !isAssetModule(entry))
  if (list !== undefined && index === -1) return collectAssets(list.filter(isEntry))
  const message =
    index === undefined
      ? "assets in freshet.config.ts must be a list."
      : `assets[${index}] in freshet.config.ts is not an asset.`
  const hint = "Declare assets with the functions of @freshet/core and list the results."
  throw new ProblemsError("config", [{ kind: "config", message, hint }])
}

function isEntry(entry: unknown): entry is object {
  return typeof entry === "object" && entry !== null
}

/** Derives the configuration of the demo, with its own folder and PostgreSQL. */
export function toDemoConfig(config: Config): Config {
  const home = resolve(config.home, "demo")
  const [lake, landing] = [resolve(home, "lake"), resolve(home, "landing")]
  const withoutReports = {
    alertWebhook: undefined,
    smtpUrl: undefined,
    openLineage: undefined,
    traces: undefined,
  }
  return {
    ...config,
    ...withoutReports,
    profile: undefined,
    home,
    lake,
    landing,
    databaseUrl: undefined,
  }
}

/** Resolves the target of OpenLineage events: a URL stays as it is. */
function resolveLineage(root: string, target: string): string {
  return /^https?:/.test(target) ? target : resolve(root, target)
}

const folderSettings = ["home", "lake", "landing"]

/** Resolves the value of a variable: folders and files are relative to the working folder. */
function resolveVariable(setting: string, value: string, cwd: string): string {
  if (setting === "openLineage") return resolveLineage(cwd, value)
  return folderSettings.includes(setting) ? resolveLocation(cwd, value) : value
}

function readEnvironment(environment: Environment, cwd: string): Readonly<Record<string, string>> {
  const entries = Object.entries(environmentVariables).flatMap(([setting, variable]) => {
    const value = environment[variable]
    if (value === undefined || value === "") return []
    return [[setting, resolveVariable(setting, value, cwd)] as const]
  })
  return Object.fromEntries(entries)
}

/** Names the setting and its place; the value may be a secret and is never printed. */
function describeSettingProblem(issue: z.core.$ZodIssue, environment: Environment): Problem {
  const setting = issue.path.join(".")
  const variables: Readonly<Record<string, string>> = environmentVariables
  const variable = variables[setting]
  const name =
    variable === undefined || environment[variable] === undefined
      ? `${setting} in freshet.config.ts`
      : variable
  return {
    kind: "config",
    message: `${name} ${issue.message}.`,
    hint:
      variable === undefined
        ? `Set ${setting} in freshet.config.ts.`
        : `Set ${variable} in the environment or ${setting} in freshet.config.ts.`,
  }
}
