import { once } from "node:events"

import { withPostgres } from "../src/with-postgres.ts"

const [home = "", ...supervisorCommand] = process.argv.slice(2)

await withPostgres({ home, supervisorCommand }, async (url) => {
  console.log(url)
  process.stdin.resume()
  await once(process.stdin, "end")
})
