import { expect, test } from "vitest"

import { installedPostgres, withExternalPostgres } from "./external-postgres.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { allDays, declarePairs, environmentRows, run, withLandedPairs } from "./pairs.ts"
import { createRecs, readPublishedRows } from "./published-recs.ts"

test.skipIf(installedPostgres === undefined)(
  "an external PostgreSQL (skipped without Debian's) serves runs, publications, environments and promotions",
  () =>
    withLandedPairs((declared) =>
      withExternalPostgres(declared, async (project) => {
        await withLedgerClient(project, (client) => client.query(createRecs))
        await run(project, "materialize", "recs", ...allDays)
        expect(await readPublishedRows(project)).toEqual(["1 3 1"])
        const statistics = "select attname from pg_stats where tablename = 'recs' order by 1"
        expect(await readPublishedRows(project, statistics)).toEqual(["n", "r", "u"])
        await run(project, "env", "create", "pr-42")
        await project.declare(declarePairs(10))
        await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
        expect(await readPublishedRows(project, environmentRows)).toEqual(["1 3 10"])
        await run(project, "env", "promote", "pr-42")
        expect(await readPublishedRows(project)).toEqual(["1 3 10"])
        await run(project, "env", "drop", "pr-42", "--yes")
        await run(project, "gc", "--yes")
        await run(project, "verify", "--files")
      }),
    ),
)
