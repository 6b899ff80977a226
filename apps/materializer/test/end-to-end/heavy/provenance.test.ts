import { expect, test } from "vitest"

import { findContradictions } from "../traced-recommendations.ts"

const rows = Number(process.env["FRESHET_PROVENANCE_ROWS"] ?? 8)

test.each([11, 12])(
  `${rows} recommendations of seed %d are traced without contradiction`,
  async (seed) => {
    expect(await findContradictions({ rows, otherLines: 200, seed })).toEqual([])
  },
)
