import type { DuckdbEngine, PublishedRows, Store } from "@freshet/io"

import type { Config } from "./config.ts"
import type { GarbageReport, GarbageCollectionRequest } from "./maintain/collect-garbage.ts"
import type { WipeReport, WipeRequest } from "./maintain/wipe-partitions.ts"
import type { Project, RunReport, RunPlanRequest } from "./project.ts"
import type { CancelResult, CancelRequest } from "./run/cancel-run.ts"
import type { Recomputation } from "./verify/recomputation.ts"

/** What commands can do besides printing. Each part is loaded when it is first used. */
export interface Services {
  readonly withProject: <T>(config: Config, work: (project: Project) => Promise<T>) => Promise<T>
  readonly runPlan: (config: Config, request: RunPlanRequest) => Promise<RunReport>
  readonly cancelRun: (config: Config, request: CancelRequest) => Promise<CancelResult>
  readonly withData: <T>(
    config: Config,
    signal: AbortSignal,
    work: (project: Project, data: DataAccess) => Promise<T>,
  ) => Promise<T>
  /** Lends the means to make partitions again and compare. */
  readonly withRecomputation: <T>(
    config: Config,
    signal: AbortSignal,
    work: (recomputation: Recomputation) => Promise<T>,
  ) => Promise<T>
  /** Forgets and removes what need not be kept. */
  readonly collectGarbage: (
    config: Config,
    request: GarbageCollectionRequest,
  ) => Promise<GarbageReport>
  /** Forgets what was made of some partitions. */
  readonly wipePartitions: (config: Config, request: WipeRequest) => Promise<WipeReport>
  /** The first rows of a query over the published tables, which can change nothing. */
  readonly readPublished: (
    config: Config,
    query: { readonly sql: string; readonly limit: number },
  ) => Promise<PublishedRows>
  readonly readEngineVersion: () => Promise<string>
}

/** The engine over what is stored. */
export interface DataAccess {
  readonly query: DuckdbEngine["query"]
  readonly queryNamed: DuckdbEngine["queryNamed"]
  readonly store: Pick<Store, "exists" | "read">
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
