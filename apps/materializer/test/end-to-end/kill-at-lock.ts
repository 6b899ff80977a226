import { waitUntil } from "@freshet/embedded-postgres/testing"
import { expect } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { startFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"

/** A lock of a table, at which a command is killed. */
interface KillingLock {
  readonly table: string
  readonly mode?: "access exclusive" | "exclusive" | "share row exclusive"
  /** Asserts the state after the command was killed and before the table is unlocked. */
  readonly whileLocked?: () => Promise<void>
}

/** Kills a command as soon as it waits for a table, which is locked meanwhile. */
export function killAtLock(
  project: DeclaredProject,
  { table, mode = "access exclusive", whileLocked = async () => {} }: KillingLock,
  ...words: readonly string[]
): Promise<void> {
  return withLedgerClient(project, async (client) => {
    await client.query("begin")
    await client.query(`lock table ${table} in ${mode} mode`)
    const command = startFreshet(project, ...words)
    await waitUntil(async () => {
      const { rowCount } = await client.query(
        `select from pg_locks where not granted and relation = '${table}'::regclass`,
      )
      return rowCount !== 0
    })
    command.kill("SIGKILL")
    expect((await command.result).signal).toBe("SIGKILL")
    await whileLocked()
    await client.query("rollback")
  })
}
