import { openFolderStore } from "@freshet/io"
import { expect } from "vitest"

import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import { type CommandResult, expectDone, runFreshet } from "../end-to-end/freshet-process.ts"
import { withLedgerClient } from "../end-to-end/ledger-contents.ts"
import { listTemporaryFiles } from "../end-to-end/stored-files.ts"
import { expectEdition, readPublished } from "./depot.ts"

/** The editions that may be published after a fault, and the fault, for messages. */
interface FaultyState {
  readonly editions: readonly number[]
  readonly fault: string
}

/** Tests if a command ended with one of the codes, and reported no fault of the program itself. */
export function isCleanEnd(
  { code, stderr }: CommandResult,
  codes: readonly (number | null)[],
): boolean {
  const isReport = stderr.includes("    at ") || stderr.includes("fault in Freshet")
  return codes.includes(code) && !isReport
}

/** Asserts that a command succeeded, or ended with an error that the fault explains. */
export function expectCleanEnd(result: CommandResult, fault: string): void {
  const isClean = isCleanEnd(result, [0, 3, 8])
  expect({ fault, ...result, isClean }).toEqual({ fault, ...result, isClean: true })
}

/** Asserts that a fault left nothing half-done: the tables show one edition, and every recorded file is whole. */
export async function expectWhole(
  project: DeclaredProject,
  { editions, fault }: FaultyState,
): Promise<void> {
  const published = await readPublished(project)
  const expected = editions.map((edition) => ({ fault, published: expectEdition(edition) }))
  expect(expected).toContainEqual({ fault, published })
  await expectWholeFiles(project, fault)
}

async function expectWholeFiles(project: DeclaredProject, fault: string): Promise<void> {
  const { rows } = await withLedgerClient(project, (client) =>
    client.query<{ file: string; checksum: string }>(
      "select file, checksum from freshet.materializations",
    ),
  )
  const store = openFolderStore(project.lake)
  for (const { file, checksum } of rows) {
    const measure = await store.measure(file)
    expect({ fault, file, checksum: measure?.checksum }).toEqual({ fault, file, checksum })
  }
}

/**
 * Asserts that a command without a fault completes the work: the tables show the edition, nothing is left under way,
 * and the same command has nothing to do.
 */
export async function expectRecovery(
  project: DeclaredProject,
  { edition, fault }: { readonly edition: number; readonly fault: string },
): Promise<void> {
  expectDone(await runFreshet(project, "materialize"))
  await expectWhole(project, { editions: [edition], fault })
  const temporaryFiles = listTemporaryFiles(project)
  const { stdout } = await runFreshet(project, "materialize")
  expect({ fault, ...(await countWorkUnderWay(project)), temporaryFiles, stdout }).toEqual({
    fault,
    claims: 0,
    runs: 0,
    workers: 0,
    temporaryFiles: [],
    stdout: "Nothing is stale: all requested partitions are fresh.\n",
  })
}

/** Counts claims, open runs and open workers. */
export async function countWorkUnderWay(project: DeclaredProject) {
  const { rows } = await withLedgerClient(project, (client) =>
    client.query<{ claims: number; runs: number; workers: number }>(`
      select
        (select count(*)::integer from freshet.claims) as claims,
        (select count(*)::integer from freshet.runs where outcome is null) as runs,
        (select count(*)::integer from freshet.workers where ended_at is null) as workers`),
  )
  return rows[0]
}

/** Reads the newest data version of every partition: `totals 2026-01-02` → version. */
export async function readDataVersions(
  project: DeclaredProject,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await withLedgerClient(project, (client) =>
    client.query<{ partition: string; version: string }>(`
      select distinct on (asset, partition)
        asset || ' ' || (date '1970-01-01' + partition) as partition, data_version as version
      from freshet.materializations order by asset, partition, seq desc`),
  )
  return new Map(rows.map(({ partition, version }) => [partition, version]))
}
