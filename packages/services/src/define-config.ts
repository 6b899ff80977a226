import type { AnyAsset, GroupAutomation, PageQuery } from "@freshet/core"

import type { DemoGenerators } from "./data/demo-generators.ts"

/** A module whose exports may be assets. */
type AssetModule = object

/** The settings of the project that a profile can replace. */
export const profileSettings = [
  "home",
  "lake",
  "landing",
  "databaseUrl",
  "lockTimeoutSeconds",
  "statementTimeoutSeconds",
  "memoryMb",
  "codeMemoryMb",
  "threads",
  "concurrency",
  "pools",
  "cacheMb",
  "s3Region",
  "s3PathStyle",
] as const satisfies readonly (keyof FreshetConfig)[]

/** The settings of a profile; they replace those of the project. */
export type ProfileSettings = Pick<FreshetConfig, (typeof profileSettings)[number]>

/** The settings of `freshet.config.ts`. All but the assets have a default; the environment overrides them. */
export interface FreshetConfig {
  /**
   * The assets, or modules that export some: `import("./assets/sales.ts")`. What they read belongs to the
   * project as well.
   */
  readonly assets: readonly (AnyAsset | AssetModule | Promise<AssetModule>)[]
  /** Group → the automation of its assets. */
  readonly automation?: GroupAutomation
  /** The queries that pages of the web UI ask by name; default: none. */
  readonly pageQueries?: readonly PageQuery[]
  /** Pool → the number of its steps that may run at once. */
  readonly pools?: Readonly<Record<string, number>>
  /** Folder of Freshet's own state. `FRESHET_HOME`; default `.freshet`. */
  readonly home?: string
  /** Folder of the datasets, or a URL like `s3://bucket/prefix`. `FRESHET_LAKE`; default `lake` in the state folder. */
  readonly lake?: string
  /** Folder of landed files, or a URL like `s3://bucket/prefix`. `FRESHET_LANDING`; default `landing`. */
  readonly landing?: string
  /** Folder of the migrations of the published tables; default `migrations`. */
  readonly migrations?: string
  /** URL of the PostgreSQL database, without a password unless it is read from a variable of the environment. `DATABASE_URL`; default: an embedded server. */
  readonly databaseUrl?: string | undefined
  /** Seconds for which a publication waits for a lock on a table that another session holds. `FRESHET_LOCK_TIMEOUT_SECONDS`; default 300. */
  readonly lockTimeoutSeconds?: number
  /** Seconds that a statement of a publication may take. `FRESHET_STATEMENT_TIMEOUT_SECONDS`; default 3600. */
  readonly statementTimeoutSeconds?: number
  /** Named targets such as `prod`, selected by `--profile NAME` or `FRESHET_PROFILE`. */
  readonly profiles?: Readonly<Record<string, ProfileSettings>>
  /** Memory limit of DuckDB in MB. `FRESHET_MEMORY_MB`; default 2048. */
  readonly memoryMb?: number
  /** Memory limit in MB of a process that runs code of assets. `FRESHET_CODE_MEMORY_MB`; default 1024. */
  readonly codeMemoryMb?: number
  /** Threads of DuckDB. `FRESHET_THREADS`; default: one per core. */
  readonly threads?: number
  /** Number of steps that run at once. `FRESHET_CONCURRENCY`; default 4. */
  readonly concurrency?: number
  /** Days for which the logs of steps are retained. `FRESHET_LOG_DAYS`; default 30. */
  readonly logDays?: number
  /** Days for which records of runs, steps, publications, ticks, arrivals and alerts are retained. `FRESHET_HISTORY_DAYS`; default 90. */
  readonly historyDays?: number
  /** URL, or file of JSON lines, that receives OpenLineage events of runs. `FRESHET_OPENLINEAGE`; default: none. */
  readonly openLineage?: string
  /** Base URL of an OTLP/HTTP receiver of OpenTelemetry traces of runs. `OTEL_EXPORTER_OTLP_ENDPOINT`; default: none. */
  readonly traces?: string
  /** Kafka brokers of declared streams: `host:port`, several with commas. `FRESHET_KAFKA_BROKERS`; default: none. */
  readonly kafkaBrokers?: string
  /** Limit of the local copies of an object store in MB. `FRESHET_CACHE_MB`; default 10000. */
  readonly cacheMb?: number
  /** Region of the object store. `AWS_REGION`; default us-east-1. */
  readonly s3Region?: string
  /** True: the bucket is part of the path of requests. `FRESHET_S3_PATH_STYLE`; default: true if AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is set. */
  readonly s3PathStyle?: boolean
  /** Loads the generators of demo data; without it `freshet demo` and `freshet demo-data` have none. */
  readonly demo?: () => Promise<DemoGenerators>
}

/** Checks the type of a configuration and returns it. */
export function defineConfig(config: FreshetConfig): FreshetConfig {
  return config
}
