import { expect, test } from "vitest"

import { openLedgerDatabase } from "./ledger-database.ts"

const { client } = openLedgerDatabase()

test.each([
  ["key of a static partition", "insert into freshet.static_keys (key) values ('a')"],
  [
    "definition of partitions",
    "insert into freshet.partition_definitions (definition) values ('daily UTC')",
  ],
  [
    "claim",
    "insert into freshet.claims (kind, name, partition, worker) values ('step', 'recs', 1, 1)",
  ],
  ["tick", "insert into freshet.ticks (schedule, tick_at) values ('s', '2026-01-01')"],
])("the database refuses a second %s", async (_, statement) => {
  await client().query(statement)
  await expect(client().query(statement)).rejects.toMatchObject({ code: "23505" })
})
