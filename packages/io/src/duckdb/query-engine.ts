import type { AnyAsset } from "@freshet/core"
import type { Problem } from "@freshet/core/engine"

import { bindAssets } from "./bind-assets.ts"
import { canonicalizeQueries } from "./canonicalize-queries.ts"
import type { Session } from "./session.ts"

/** The analysis of queries without data. */
export interface QueryEngine {
  /** Everything that is wrong with the queries of these assets, found without any data. */
  readonly bind: (assets: readonly AnyAsset[]) => Promise<readonly Problem[]>
  /** Each query as the engine parses it: layout and comments do not count. */
  readonly canonicalizeQueries: (queries: readonly string[]) => Promise<readonly string[]>
}

/** The session as one that is asked about queries. */
export function createQueryEngine({ withConnection }: Session): QueryEngine {
  return {
    bind: (assets) => withConnection((connection) => bindAssets(connection, assets)),
    canonicalizeQueries: (queries) =>
      withConnection((connection) => canonicalizeQueries(connection, queries)),
  }
}
