import type { PageQuery } from "@freshet/core"

import { stockTweetsPageQueries } from "./stock-tweets/page-queries.ts"
import { stocktwitsPageQueries } from "./stocktwits/page-queries.ts"

/** The queries of the pages of all systems. */
export const pageQueries: readonly PageQuery[] = [
  ...stocktwitsPageQueries,
  ...stockTweetsPageQueries,
]
