import { describe, expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { isPgbouncerInstalled, withPgbouncer } from "./pgbouncer.ts"
import { declareRecs, landRaw, readPublishedRows, withPublishedRecs } from "./published-recs.ts"
import { withEnvironment } from "./test-project.ts"

describe.skipIf(!isPgbouncerInstalled())("a connection pooler (skipped without pgbouncer)", () => {
  test("in session mode serves runs and publications", () =>
    withPublishedRecs(declareRecs(), (project) =>
      project.withDatabase((url) =>
        withPgbouncer(url, "session", async (pooledUrl) => {
          const pooled = withEnvironment(project, { DATABASE_URL: pooledUrl })
          for (const [day, r] of [
            ["2026-01-01", 1],
            ["2026-01-02", 2],
          ] as const) {
            landRaw(project, day, r)
            expectDone(await runFreshet(pooled, "materialize"))
            expect(await readPublishedRows(project)).toEqual([`1 ${r} 1`])
          }
        }),
      ),
    ))

  test("in transaction mode is refused before anything is computed", () =>
    withPublishedRecs(declareRecs(), (project) =>
      project.withDatabase((url) =>
        withPgbouncer(url, "transaction", async (pooledUrl) => {
          landRaw(project, "2026-01-01", 1)
          const pooled = withEnvironment(project, { DATABASE_URL: pooledUrl })
          const { code, stderr } = await runFreshet(pooled, "materialize")
          expect(code).toBe(8)
          expect(stderr).toContain(
            "DATABASE_URL leads to a connection pooler in transaction mode, in which the locks of a run would be lost.",
          )
          expect(stderr).toContain("Set pool_mode = session in the pooler")
          expectDone(await runFreshet(project, "materialize"))
        }),
      ),
    ))
})
