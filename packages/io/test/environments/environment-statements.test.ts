import * as ledger from "@freshet/schema/ledger"
import { is } from "drizzle-orm"
import { getTableConfig, PgTable } from "drizzle-orm/pg-core"
import { expect, test } from "vitest"

import {
  environmentTables,
  redirectStatement,
} from "../../src/environments/environment-statements.ts"

const sharedTables = [
  "alerts",
  "arrivals",
  "environments",
  "partition_definitions",
  "query_texts",
  "schedules",
  "source_files",
  "static_keys",
  "ticks",
  "workers",
]

test("each table of the ledger belongs to each environment or is shared by all", () => {
  const tables = Object.values(ledger).flatMap((value) =>
    is(value, PgTable) ? [getTableConfig(value).name] : [],
  )
  const environmentNames = environmentTables.filter((name) => name !== "table_migrations")
  expect(tables.toSorted()).toEqual([...environmentNames, ...sharedTables].toSorted())
})

test("a statement of the ledger names the tables of the environment, and the shared ones of the default ledger", () => {
  const redirect = (text: string) => redirectStatement(text, "pr-42")
  expect(redirect("select * from freshet.steps join freshet.workers using (id)")).toBe(
    'select * from "freshet__pr_42".steps join freshet.workers using (id)',
  )
  expect(redirect('select "id" from "freshet"."runs" where "runs"."id" = $1')).toBe(
    'select "id" from "freshet__pr_42".runs where "runs"."id" = $1',
  )
  expect(redirect('insert into freshet.steps select * from "freshet".steps')).toBe(
    'insert into "freshet__pr_42".steps select * from "freshet".steps',
  )
  const sequence = "select nextval('freshet.materializations_seq_seq')"
  expect(redirect(sequence)).toBe(sequence)
})
