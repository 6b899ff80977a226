import { quoteName } from "@freshet/core/engine"

import { getNumberCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import type { Slices } from "./slice.ts"
import { type ReadBase, sliceInputs } from "./slices.ts"
import type { TraceRequest } from "./trace-request.ts"

/** Slices that grow by rows that come in while lines are left out, and that join rows that were not read. */
export interface GrowingSlices {
  /** Slices the inputs with all values so far. Rows keep their numbers, except if a query now needs too many rows. */
  readonly slice: () => Promise<Slices>
  /**
   * Adds the values of rows that other relations were not read for. `selectAdded` returns the query of the rows of an
   * input; undefined for none. Returns whether there are further values.
   */
  readonly addValues: (
    slices: Slices,
    selectAdded: (input: string) => string | undefined,
  ) => Promise<boolean>
}

/** The number of times that slices grow for the same lines. */
export const maxRounds = 4

/** Creates slices that have the rows with the values of the traced row. */
export function createGrowingSlices(
  connection: Connection,
  request: TraceRequest,
  readBase: ReadBase,
): GrowingSlices {
  const furtherValues = new Map<string, string>()
  const cache = { counts: new Map(), values: new Map(), slices: new Map(), plans: new Map() }
  let round = 0
  let tables = 0
  let stopCount = 0
  const slice = () => {
    round += 1
    return sliceInputs({ connection, request, readBase, furtherValues, cache, round })
  }
  return {
    slice: async () => {
      const slices = await slice()
      const hasShrunk = round > 1 && slices.stops.length > stopCount
      stopCount = slices.stops.length
      if (!hasShrunk) return slices
      cache.slices.clear()
      return slice()
    },
    addValues: async ({ joinedValues }, selectAdded) => {
      let hasFurther = false
      for (const { label, table, sources } of joinedValues) {
        const queries = sources.flatMap(({ input, column, condition }) => {
          const rows = selectAdded(input)
          if (rows === undefined) return []
          return [`SELECT ${quoteName(column)} AS v FROM (${rows}) AS rows WHERE ${condition}`]
        })
        if (queries.length === 0) continue
        const previous = furtherValues.get(label)
        const further = quoteName(` further ${(tables += 1)}`)
        const [row] = await connection.rows(`
          CREATE TEMP TABLE ${further} AS
          SELECT DISTINCT v FROM (${queries.join(" UNION ALL ")}) WHERE v NOT IN (FROM ${table} WHERE v IS NOT NULL)
          ${previous === undefined ? "" : `UNION FROM ${previous}`};
          SELECT count(*)::DOUBLE AS rows FROM ${further} WHERE v NOT IN (FROM ${table} WHERE v IS NOT NULL)`)
        if (getNumberCell(row, "rows") === 0) continue
        furtherValues.set(label, further)
        hasFurther = true
      }
      return hasFurther
    },
  }
}
