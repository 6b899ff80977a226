import * as ledger from "@freshet/schema/ledger"
import { is } from "drizzle-orm"
import { getTableConfig, PgTable } from "drizzle-orm/pg-core"
import type { Client } from "pg"
import { to as copyTo } from "pg-copy-streams"
import { expect, test } from "vitest"

import {
  environmentTables,
  redirectClient,
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

test("each form of a query is redirected: a text, an object with parameters, and a stream of COPY", () => {
  const texts: string[] = []
  const query = (statement: string | { readonly text: string }) =>
    texts.push(typeof statement === "string" ? statement : statement.text)
  const client = redirectClient({ query } as unknown as Client, "pr-42")
  void client.query("select from freshet.runs")
  void client.query({ text: "select from freshet.runs", values: [] })
  client.query(copyTo("copy (select from freshet.runs) to stdout"))
  expect(texts).toEqual([
    'select from "freshet__pr_42".runs',
    'select from "freshet__pr_42".runs',
    'copy (select from "freshet__pr_42".runs) to stdout',
  ])
})
