import type { AnyAsset } from "@freshet/core"
import type { Graph, Problem, SqlComputation } from "@freshet/core/engine"

import { bindAssets } from "./bind-assets.ts"
import { canonicalizeQueries } from "./canonicalize-queries.ts"
import { type ColumnLineage, traceColumns } from "./column-lineage.ts"
import type { Session } from "./session.ts"

/** The analysis of queries without data. */
export interface QueryEngine {
  /** Finds the problems of these assets' queries without data. */
  readonly bind: (assets: readonly AnyAsset[]) => Promise<readonly Problem[]>
  /** Parses queries; layout and comments are ignored. */
  readonly canonicalizeQueries: (queries: readonly string[]) => Promise<readonly string[]>
  /** Traces the columns of a computation's outputs to the columns of its upstreams. Asset → lineage. */
  readonly traceColumns: (
    graph: Graph,
    computation: SqlComputation,
  ) => Promise<ReadonlyMap<string, ColumnLineage>>
}

/** Creates a query engine over a session. */
export function createQueryEngine({ withConnection }: Session): QueryEngine {
  return {
    bind: (assets) => withConnection((connection) => bindAssets(connection, assets)),
    canonicalizeQueries: (queries) =>
      withConnection((connection) => canonicalizeQueries(connection, queries)),
    traceColumns: (graph, computation) =>
      withConnection((connection) => traceColumns(connection, graph, computation)),
  }
}
