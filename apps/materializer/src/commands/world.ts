import type { DuckdbEngine, PublishedRows } from "@freshet/io"

import type { Config } from "../config.ts"
import type { Cancellation, CancelRequest } from "../project/cancel-run.ts"
import type { Collection, CollectionRequest } from "../project/collect-garbage.ts"
import type { Forgetting, ForgetRequest } from "../project/forget-partitions.ts"
import type { Project, RunReport, RunRequest } from "../project/project.ts"
import type { Remaking } from "../project/remaking.ts"

/** What commands can do besides printing. Each part is loaded when it is first used. */
export interface World {
  readonly withProject: <T>(config: Config, work: (project: Project) => Promise<T>) => Promise<T>
  readonly runPlan: (config: Config, request: RunRequest) => Promise<RunReport>
  readonly cancelRun: (config: Config, request: CancelRequest) => Promise<Cancellation>
  readonly withData: <T>(
    config: Config,
    signal: AbortSignal,
    work: (project: Project, data: Data) => Promise<T>,
  ) => Promise<T>
  /** Lends the means to make partitions again and compare. */
  readonly withRemaking: <T>(
    config: Config,
    signal: AbortSignal,
    work: (remaking: Remaking) => Promise<T>,
  ) => Promise<T>
  /** Forgets and removes what need not be kept. */
  readonly collectGarbage: (config: Config, request: CollectionRequest) => Promise<Collection>
  /** Forgets what was made of some partitions. */
  readonly forgetPartitions: (config: Config, request: ForgetRequest) => Promise<Forgetting>
  /** The first rows of a query over the published tables, which can change nothing. */
  readonly readPublished: (
    config: Config,
    query: { readonly sql: string; readonly limit: number },
  ) => Promise<PublishedRows>
  readonly engineVersion: () => Promise<string>
}

/** The engine over what is stored. */
export interface Data {
  readonly query: DuckdbEngine["query"]
  /** Where a key of the store lies on this machine. */
  readonly path: (key: string) => string
  /** Writes stored rows to a local file in another format. */
  readonly exportRows: (request: ExportRequest) => Promise<void>
}

export interface ExportRequest {
  readonly asset: string
  /** Key in the store. */
  readonly file: string
  readonly format: "arrow" | "csv" | "jsonl"
  readonly output: string
}
