import { Client } from "pg"
import { expect, test } from "vitest"

import { openTestDatabase, withTestDatabase } from "./with-test-database.ts"

async function run(url: string, sql: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test("a test database is empty and its own", async () => {
  const open = await openTestDatabase()
  await run(open.url, "CREATE TABLE mine (id int)")
  await withTestDatabase(async (url) => {
    await run(url, "CREATE TABLE mine (id int)")
    await open.close()
    await expect(run(open.url, "SELECT 1")).rejects.toThrow("does not exist")
  })
})
