import { expect, test } from "vitest"

import { resolveConfig } from "../src/config.ts"
import { findDatabaseUrlFault } from "../src/database-url.ts"

test.each([
  "postgres://localhost/freshet",
  "postgresql://me:secret@db.example:5432/freshet?sslmode=require",
  "postgres://me:p%23%40%2F@db/freshet",
  "postgres://me@localhost:65535/freshet",
  "postgres:///freshet?host=/var/run/postgresql&port=5433",
])("%s is the URL of a database", (url) => {
  expect(findDatabaseUrlFault(url)).toBeUndefined()
})

test.each([
  ["mysql://localhost/x", "must be a postgres:// URL"],
  ["postgres://me:se#cret@db/freshet", "contains a # that is not encoded."],
  ["postgres://me:secret@db:99999/freshet", "has the port 99999, but ports are 1 to 65535"],
  ["postgres://db:0/freshet", "has the port 0, but ports are 1 to 65535"],
  ["postgres://me:se%cret@db/freshet", "cannot be read as a URL."],
  ["postgres://me:se/cret@db:5432/freshet", "cannot be read as a URL."],
])("%s is refused, and its secret is not repeated", (url, message) => {
  const failure: unknown = (() => {
    try {
      return resolveConfig(undefined, "/", { DATABASE_URL: url })
    } catch (cause) {
      return cause
    }
  })()
  expect(failure).toMatchObject({ code: "config" })
  expect(String(failure)).toContain(`DATABASE_URL ${message}`)
  expect(String(failure)).not.toMatch(/secret|cret@/)
})
