import {
  type Columns,
  float64,
  int32,
  nullable,
  publishTo,
  sql,
  sqlAsset,
  text,
  timestamp,
} from "@freshet/core"
import type { DeclaredTable } from "@freshet/core/engine"
import {
  doublePrecision,
  integer,
  pgSchema,
  type PgTable,
  primaryKey,
  text as textColumn,
  timestamp as timestampColumn,
} from "drizzle-orm/pg-core"

/** A published table of the benchmark, and its rows. */
export interface BenchTable extends DeclaredTable {
  readonly name: string
  /** The columns of the table in SQL, without its key. */
  readonly definition: string
  readonly key: string
  /**
   * Selects the rows of an edition in DuckDB. From one edition to the next 1 % of the rows change, 0.5 % are new and
   * 0.5 % are gone.
   */
  readonly buildRows: (rows: number, edition: number) => string
}

const schema = pgSchema("bench")

const writeTimes = {
  created_at: timestampColumn({ withTimezone: true }).notNull().defaultNow(),
  updated_at: timestampColumn({ withTimezone: true }).notNull().defaultNow(),
}

const writeTimesDefinition =
  "created_at timestamptz not null default now(), updated_at timestamptz not null default now()"

const recs = schema.table(
  "recs",
  {
    user_id: integer().notNull(),
    rec_id: integer().notNull(),
    weight: integer().notNull(),
    ...writeTimes,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.rec_id] })],
)

const recReasons = schema.table(
  "reasons",
  {
    user_id: integer().notNull(),
    rec_id: integer().notNull(),
    reason_id: integer().notNull(),
    ...writeTimes,
  },
  (table) => [primaryKey({ columns: [table.user_id, table.rec_id, table.reason_id] })],
)

const messageTexts = schema.table("messages", {
  id: integer().primaryKey(),
  body: textColumn().notNull(),
  likes: integer(),
  score: doublePrecision().notNull(),
  sent_at: timestampColumn({ withTimezone: true }).notNull(),
})

/** Ten recommendations for each user, with the columns of `stocktwits.user_recs`. */
export const recommendations = createTable(recs, {
  name: "recs",
  columns: { user_id: int32(), rec_id: int32(), weight: int32() },
  key: "user_id, rec_id",
  definition: `user_id integer not null, rec_id integer not null, weight integer not null, ${writeTimesDefinition}`,
  selections: "i // 10 as user_id, i % 10 * 1000 + i % 7 as rec_id, i % 1000 + changes as weight",
})

/** Three reasons for each recommendation, with the columns of `stocktwits.user_rec_reasons`. */
export const reasons = createTable(recReasons, {
  name: "reasons",
  columns: { user_id: int32(), rec_id: int32(), reason_id: int32() },
  key: "user_id, rec_id, reason_id",
  definition: `user_id integer not null, rec_id integer not null, reason_id integer not null, ${writeTimesDefinition}`,
  selections: "i // 30 as user_id, i // 3 % 10 as rec_id, i % 3 + 3 * changes as reason_id",
})

/** Rows that are mostly text. */
export const messages = createTable(messageTexts, {
  name: "messages",
  columns: {
    id: int32(),
    body: text(),
    likes: nullable(int32()),
    score: float64(),
    sent_at: timestamp(),
  },
  key: "id",
  definition:
    "id integer not null, body text not null, likes integer, score double precision not null, sent_at timestamptz not null",
  selections: `i as id, 'message ' || i || ' says ' || md5(i || ' ' || changes)[:18] as body,
    case when i % 7 > 0 then i % 50 end as likes, i / 7.0 as score,
    timestamp '2024-10-04' + i * interval 1 second as sent_at`,
})

interface TableOptions extends Omit<BenchTable, keyof DeclaredTable | "buildRows"> {
  readonly columns: Columns
  /** The columns over the number of a row, `i`, and the number of times that it changed, `changes`. */
  readonly selections: string
}

function createTable(
  table: PgTable,
  { columns, selections, ...options }: TableOptions,
): BenchTable {
  const { name } = options
  const publish = publishTo(table, { set: `bench_${name}` })
  const query = sql`select`
  const asset = sqlAsset({ name, group: "bench", description: "Rows.", columns, query })
  const casts = Object.entries(columns).map(
    ([column, { type }]) => `cast(${column} as ${type}) as ${column}`,
  )
  const buildRows = (rows: number, edition: number) => {
    const first = (edition * rows) / 200
    return `select ${casts.join(", ")} from (
      select ${selections} from (
        select i, case when i % 100 = 50 then ${edition} else 0 end as changes
        from range(${first}, ${first + rows}) numbers(i)
      )
    )`
  }
  return { ...options, asset: { ...asset, publish }, publish, buildRows }
}
