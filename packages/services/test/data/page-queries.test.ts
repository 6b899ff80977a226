import { pageQuery, sql } from "@freshet/core"
import { expect, test } from "vitest"

import { collectPageQueries } from "../../src/data/collect-page-queries.ts"

const best = pageQuery({
  name: "best",
  description: "Nothing.",
  asset: "items",
  query: () => sql`select 1`,
})

test.each([
  [best, "In freshet.config.ts, pageQueries must be a list."],
  [[best, null], "In freshet.config.ts, pageQueries[1] is not a page query."],
  [[{ kind: "asset" }], "In freshet.config.ts, pageQueries[0] is not a page query."],
  [[best, { ...best }], "In freshet.config.ts, two page queries are named best."],
])("page queries of a configuration are a list with different names: %#", (value, message) => {
  expect(() => collectPageQueries(value)).toThrow(message)
  expect(collectPageQueries([best])).toEqual([best])
})
