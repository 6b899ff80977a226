import { expect, test } from "vitest"

import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import { expectDone, runFreshet } from "../end-to-end/freshet-process.ts"
import { withLedgerClient } from "../end-to-end/ledger-contents.ts"
import { withEnvironment } from "../end-to-end/test-project.ts"
import { withConnectionFault } from "./database-proxy.ts"
import { landEdition, withDepot } from "./depot.ts"
import { expectCleanEnd, expectRecovery, expectWhole } from "./invariants.ts"

const points = Number(process.env["FRESHET_DATABASE_FAULTS"] ?? 10)

test.each(["lost_request", "lost_answer"] as const)(
  "a run that loses its connection at any point ends right after the next run: %s",
  (kind) =>
    withDepot(async (project) => {
      landEdition(project, 0)
      const materialize = (place: DeclaredProject) => runFreshet(place, "materialize")
      expectDone(await materialize(project))
      landEdition(project, 1)
      const { requests } = await withConnectionFault(project, { kind, request: 0 }, materialize)
      for (let point = 1; point <= points; point += 1) {
        const edition = point + 1
        landEdition(project, edition)
        const request = Math.ceil((requests * point) / points)
        const fault = `${kind} ${request} of ${requests}`
        const { result } = await withConnectionFault(project, { kind, request }, materialize)
        expectCleanEnd(result, fault)
        await expectWhole(project, { editions: [edition - 1, edition], fault })
        await expectRecovery(project, { edition, fault })
      }
    }),
)

/** Changes a setting of the database for later connections. */
function setDatabase(project: DeclaredProject, setting: string): Promise<unknown> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<{ name: string }>("select current_database() as name")
    await client.query("set default_transaction_read_only = off")
    await client.query(`alter database ${rows[0]?.name} ${setting}`)
  })
}

test("a run over a read-only database changes nothing, and succeeds when it can be written", () =>
  withDepot(async (project) => {
    landEdition(project, 0)
    expectDone(await runFreshet(project, "materialize"))
    landEdition(project, 1)
    await setDatabase(project, "set default_transaction_read_only = on")
    const result = await runFreshet(project, "materialize")
    expect(result).toMatchObject({ code: 8, stderr: expect.stringContaining("is read-only") })
    await expectWhole(project, { editions: [0], fault: "read-only" })
    await setDatabase(project, "reset default_transaction_read_only")
    await expectRecovery(project, { edition: 1, fault: "read-only" })
  }))

test("a published table that another session locks is not published in the time limit of locks, and is later", () =>
  withDepot(async (project) => {
    landEdition(project, 0)
    expectDone(await runFreshet(project, "materialize"))
    landEdition(project, 1)
    const impatient = withEnvironment(project, { FRESHET_LOCK_TIMEOUT_SECONDS: "1" })
    await withLedgerClient(project, async (client) => {
      await client.query("begin")
      await client.query("lock table totals in access exclusive mode")
      const result = await runFreshet(impatient, "materialize")
      expectCleanEnd(result, "lock timeout")
      expect(result.stdout + result.stderr).toContain("canceling statement due to lock timeout")
      await client.query("rollback")
    })
    await expectWhole(project, { editions: [0], fault: "lock timeout" })
    await expectRecovery(project, { edition: 1, fault: "lock timeout" })
  }))
