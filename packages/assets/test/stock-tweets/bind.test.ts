import { expect, test } from "vitest"

import { stockTweets } from "../../src/index.ts"
import { withEngine } from "../stocktwits/with-engine.ts"

test("every query, check and rule binds", async () => {
  expect(await withEngine({}, ({ engine }) => engine.bind(stockTweets()))).toEqual([])
})
