import { FreshetError } from "@freshet/core"
import { expect, test } from "vitest"

import { withLedger } from "../../src/ledger/connection.ts"
import { migrate } from "../../src/ledger/migrate.ts"
import { withTestDatabase } from "../postgres/with-test-database.ts"
import { migrations } from "./ledger-database.ts"

test("several processes may migrate an empty database at once", async () => {
  await withTestDatabase(async (url) => {
    await Promise.all(
      Array.from({ length: 4 }, () => withLedger(url, (client) => migrate(client, migrations))),
    )
    await withLedger(url, async (client) => {
      const { rows } = await client.query(
        `select table_schema, count(*)::integer as tables from information_schema.tables
         where table_schema in ('freshet', 'stocktwits') group by 1 order by 1`,
      )
      expect(rows).toEqual([
        { table_schema: "freshet", tables: 12 },
        { table_schema: "stocktwits", tables: 6 },
      ])
      expect((await client.query("select 1 from freshet.migrations")).rowCount).toBe(2)
    })
  })
})

test("a database that is up to date costs one query", async () => {
  await withTestDatabase((url) =>
    withLedger(url, async (client) => {
      await migrate(client, migrations)
      const asked: unknown[] = []
      const query = client.query.bind(client)
      client.query = ((...parameters: Parameters<typeof query>) => {
        asked.push(parameters[0])
        return query(...parameters)
      }) as typeof client.query
      await migrate(client, migrations)
      expect(asked).toHaveLength(1)
    }),
  )
})

test("a database of a newer Freshet is left alone", async () => {
  await withTestDatabase((url) =>
    withLedger(url, async (client) => {
      await migrate(client, migrations)
      await client.query("update freshet.migrations set created_at = created_at + 1")
      const error = await migrate(client, migrations).catch((cause: unknown) => cause)
      expect(error).toBeInstanceOf(FreshetError)
      expect(error).toMatchObject({ code: "ledger", message: expect.stringContaining("newer") })
    }),
  )
})

test("an unreachable server is one sentence without the password", async () => {
  const url = "postgres://somebody:secret@127.0.0.1:1/freshet"
  const error = await withLedger(url, () => Promise.resolve()).catch((cause: unknown) => cause)
  expect(error).toMatchObject({ code: "postgres" })
  expect(String(error)).toContain("127.0.0.1:1, database freshet")
  expect(JSON.stringify(error) + String(error)).not.toContain("secret")
})
