import { randomUUID } from "node:crypto"

import { expect, test } from "vitest"

import { withLedgerClient } from "./ledger-contents.ts"
import { allDays, declarePairs, run, withLandedPairs } from "./pairs.ts"
import { readPublishedRows } from "./published-recs.ts"
import { withEnvironment } from "./test-project.ts"

/** The connections that a run may have at once, for any number of steps. */
const maxConnections = 6

test(`runs, publications and environments work with ${maxConnections} connections of a role that is no superuser`, () =>
  withLandedPairs(async (declared) => {
    const role = `freshet_${randomUUID().slice(0, 8)}`
    await withLedgerClient(declared, (client) =>
      client.query(`create role ${role} login connection limit ${maxConnections};
        alter table recs owner to ${role};
        grant create on schema public to ${role};
        do $$ begin execute format('grant create on database %I to ${role}', current_database()); end $$`),
    )
    try {
      const url = await declared.withDatabase(async (databaseUrl) => {
        const roleUrl = new URL(databaseUrl)
        roleUrl.username = role
        return roleUrl.href
      })
      const project = withEnvironment(declared, { DATABASE_URL: url, FRESHET_CONCURRENCY: "8" })
      await run(project, "materialize", "recs", ...allDays)
      expect(await readPublishedRows(project)).toEqual(["1 3 1"])
      await run(project, "env", "create", "pr-42")
      await project.declare(declarePairs(10))
      await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
      await run(project, "env", "promote", "pr-42")
      expect(await readPublishedRows(project)).toEqual(["1 3 10"])
    } finally {
      await withLedgerClient(declared, (client) =>
        client.query(`drop owned by ${role} cascade; drop role ${role}`),
      )
    }
  }))
