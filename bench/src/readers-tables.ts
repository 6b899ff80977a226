import { userRecReasons, userRecs, users } from "@freshet/assets/stocktwits-tables"
import { type Columns, int16, int32, nullable, publishTo, sql, sqlAsset, text } from "@freshet/core"
import type { DeclaredTable } from "@freshet/core/engine"
import type { PgTable } from "drizzle-orm/pg-core"

/** A published table of StockTwits, and the rows of an edition as a query of DuckDB. */
export interface EditionTable extends DeclaredTable {
  readonly buildRows: (edition: number) => string
}

export const userCount = 50_000

/** From one edition to the next 2 % of the users have other recommendations. */
const shift = (edition: number) =>
  `case when user_id % 50 = ${edition % 50} then ${edition} else 0 end`

const flags = ["bonds", "equities", "forex", "futures", "options", "private_companies"]

export const editionTables: readonly EditionTable[] = [
  declare("users", users, {
    columns: {
      id: int32(),
      username: text(),
      experience: nullable(text()),
      approach: nullable(text()),
      holding_period: nullable(text()),
      ...Object.fromEntries(flags.map((flag) => [flag, int16()])),
    },
    buildRows: () => `select i::int as id, 'user_' || i as username, 'novice' as experience,
      null::varchar as approach, null::varchar as holding_period,
      ${flags.map((flag, at) => `((i >> ${at}) % 2)::smallint as ${flag}`).join(", ")}
      from range(1, ${userCount + 1}) numbers(i)`,
  }),
  declare("user_recs", userRecs, {
    columns: { user_id: int32(), rec_id: int32(), weight: int32() },
    buildRows: (edition) => `select user_id::int as user_id,
      ((user_id * 7 + rec * 11 + ${shift(edition)}) % ${userCount} + 1)::int as rec_id,
      (100 - rec)::int as weight
      from range(1, ${userCount + 1}) a(user_id), range(10) b(rec)`,
  }),
  declare("user_rec_reasons", userRecReasons, {
    columns: { user_id: int32(), rec_id: int32(), reason_id: int32() },
    buildRows: (edition) => `select user_id::int as user_id,
      ((user_id * 7 + rec * 11 + ${shift(edition)}) % ${userCount} + 1)::int as rec_id,
      ((user_id * 3 + rec + reason * 13) % ${userCount} + 1)::int as reason_id
      from range(1, ${userCount + 1}) a(user_id), range(10) b(rec), range(3) c(reason)`,
  }),
]

function declare(
  name: string,
  table: PgTable,
  { columns, buildRows }: { readonly columns: Columns } & Pick<EditionTable, "buildRows">,
): EditionTable {
  const publish = publishTo(table, { set: "stocktwits" })
  const asset = sqlAsset({
    name,
    group: "bench",
    description: "Rows.",
    columns,
    query: sql`select`,
  })
  return { asset: { ...asset, publish }, publish, buildRows }
}

/** The question of one person: their recommendations with reasons and names. */
export const readerQuery = `select r.rec_id, recommended.username, r.weight, w.reason_id, reason.username as reason
  from stocktwits.user_recs r
  join stocktwits.users recommended on recommended.id = r.rec_id
  join stocktwits.user_rec_reasons w on w.user_id = r.user_id and w.rec_id = r.rec_id
  join stocktwits.users reason on reason.id = w.reason_id
  where r.user_id = :user_id
  order by r.weight desc, r.rec_id, w.reason_id`
