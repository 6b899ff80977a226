import { once } from "node:events"

import { withPostgres } from "../../src/postgres/with-postgres.ts"

const [home = "", ...keeperCommand] = process.argv.slice(2)

await withPostgres({ home, keeperCommand }, async (url) => {
  console.log(url)
  process.stdin.resume()
  await once(process.stdin, "end")
})
