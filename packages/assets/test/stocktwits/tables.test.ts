import { columnsFromTable } from "@freshet/schema"
import { expect, test } from "vitest"

import { rooms } from "../../src/stocktwits/tables.ts"

test("rooms have the twenty-three topics in the published order", () => {
  expect(Object.keys(columnsFromTable(rooms)).join(" ")).toBe(
    "id slug biotechnology cryptocurrencies day_trading etfs education energy equities forex " +
      "fundamentals futures global_macro green_energy long_term_investing momentum_trading news " +
      "non_market_talk options personal_finance precious_metals quant swing_trading technicals " +
      "technology",
  )
})
