import type {
  Failure,
  Graph,
  RecordedFreshness,
  LedgerSnapshot,
  ProofEffects,
  ProvenEvaluation,
} from "@freshet/core/engine"
import { type Client, escapeLiteral, type QueryArrayConfig, type QueryArrayResult } from "pg"

import { buildFirstRunsQuery, groupFirstRuns } from "./declared-assets.ts"
import { buildEpochIdentity, buildStepIdentity } from "./identity-sql.ts"
import { listComputationNames, findPartitionById, type LedgerNames } from "./ledger-names.ts"
import { getCurrentName, readLedgerNames } from "./ledger-names.ts"
import { toMilliseconds } from "./milliseconds-sql.ts"
import { findTouchedPartitions, readHistories, type Histories } from "./read-histories.ts"
import type { RecordedPartition } from "./read-histories.ts"
import { readVersions } from "./read-materializations.ts"
import { readStateFile, type LedgerState, writeStateFile } from "./state-file.ts"
import { type PublishedRow, readTablePublications } from "./table-publications.ts"

/**
 * The number of changed rows and wiped partitions since the state file was written from which on the file is
 * rewritten. With many more the ledger is read whole.
 */
const rewriteThreshold = 64
const rereadThreshold = 200_000

/** The number of computed input versions from which on the state file is rewritten with their proof. */
const proofThreshold = 32

/** The ledger at one instant, and the proof in its state file. */
export interface SnapshotReading extends RecordedFreshness, Pick<ProofEffects, "readVersions"> {
  readonly snapshot: LedgerSnapshot
  /** Stores a proof for the next reader. */
  readonly storeProof: (proven: Pick<ProvenEvaluation, "proof" | "verified">) => void
}

/** Reads the snapshot of the ledger that planning needs. */
export function readSnapshot(
  client: Client,
  graph: Graph,
  options: { readonly stateFile?: string | undefined } = {},
): Promise<LedgerSnapshot> {
  return withSnapshot(client, graph, options, async ({ snapshot }) => snapshot)
}

/** The state file, and the names of the ledger if they are known. */
export interface SnapshotOptions {
  readonly stateFile?: string | undefined
  readonly names?: LedgerNames | undefined
}

/**
 * Reads the snapshot of the ledger that planning needs, and passes it on in the transaction that reads the ledger at
 * one instant. With a state file only the records since its writing are read from the ledger.
 */
export async function withSnapshot<T>(
  client: Client,
  graph: Graph,
  { stateFile, names: knownNames }: SnapshotOptions,
  work: (reading: SnapshotReading, names: LedgerNames) => Promise<T>,
): Promise<T> {
  const state = stateFile === undefined ? undefined : readStateFile(stateFile)
  try {
    const rows = await beginSnapshot(client, graph, state)
    const base = matchesLedger(state, rows) ? state : undefined
    const names = knownNames ?? (await readLedgerNames(client, graph))
    const histories = await readHistories(client, names, base, rows)
    let proven: Parameters<SnapshotReading["storeProof"]>[0] | undefined
    const reading: SnapshotReading = {
      snapshot: toSnapshot(names, rows, histories),
      proof: base?.proof,
      touched: findTouchedPartitions(names, rows),
      readVersions: (ranges) => readVersions(client, names, ranges),
      storeProof: (evaluation) => (proven = evaluation),
    }
    const result = await work(reading, names)
    await client.query("commit")
    const isOutdated =
      base === undefined || histories.isIncomplete || countChanges(rows) > rewriteThreshold
    const hasNewProof = proven !== undefined && proven.verified > proofThreshold
    if (stateFile !== undefined && (isOutdated || hasNewProof)) {
      const { columns } = histories
      writeStateFile(stateFile, { ...rows.position, histories: columns, proof: proven?.proof() })
    }
    return result
  } catch (cause) {
    await client.query("rollback").catch(() => undefined)
    throw cause
  }
}

function toSnapshot(
  names: LedgerNames,
  { position: { ledger, epoch, step }, failures, publications, firstRuns }: SnapshotRows,
  { histories }: Histories,
): LedgerSnapshot {
  return {
    version: `${ledger}/${epoch}/${step}`,
    histories,
    failures: groupFailures(names, failures),
    publications: readTablePublications(names, publications.map(toPublishedRow)),
    firstRuns: groupFirstRuns(
      names.graph,
      new Map(firstRuns.map((row) => [getText(row, 0), getNumber(row, 1)])),
    ),
  }
}

/** Values as PostgreSQL writes them: converting only some to numbers is much faster. */
type TextRow = string[]

interface SnapshotRows {
  readonly position: Omit<LedgerState, "histories">
  /** Identities of the newest step and epoch in the state, and the number of later epochs in the ledger. */
  readonly baseStepIdentity: string
  readonly baseEpochIdentity: string
  readonly epochsSince: number
  readonly failures: readonly TextRow[]
  readonly publications: readonly TextRow[]
  readonly firstRuns: readonly TextRow[]
  readonly changedPartitions: readonly RecordedPartition[]
  readonly wipedPartitions: readonly RecordedPartition[]
}

function countChanges({ changedPartitions, wipedPartitions }: SnapshotRows): number {
  return changedPartitions.length + wipedPartitions.length
}

/** Begins the transaction and reads everything but the histories in one round trip. */
async function beginSnapshot(
  client: Client,
  graph: Graph,
  state: LedgerState | undefined,
): Promise<SnapshotRows> {
  // Several statements give several results; the types of `query` declare only one.
  const results = (await client.query(
    buildSnapshotQueries(graph, state),
  )) as unknown as readonly QueryArrayResult<TextRow>[]
  const [
    ,
    positions = [],
    failures = [],
    publications = [],
    firstRuns = [],
    changedRows = [],
    wipedRows = [],
  ] = results.map(({ rows }) => rows)
  const [row = []] = positions
  return {
    position: {
      ledger: getText(row, 0),
      epoch: getNumber(row, 1),
      epochIdentity: getText(row, 2),
      step: getNumber(row, 3),
      stepIdentity: getText(row, 4),
    },
    baseStepIdentity: getText(row, 5),
    baseEpochIdentity: getText(row, 6),
    epochsSince: getNumber(row, 7),
    failures,
    publications,
    firstRuns,
    changedPartitions: changedRows.map(toRecordedPartition),
    wipedPartitions: wipedRows.map(toRecordedPartition),
  }
}

function toRecordedPartition(row: TextRow): RecordedPartition {
  return { asset: getText(row, 0), partition: getNumber(row, 1) }
}

/** Tests if a state belongs to the ledger. A restored copy has the same identity, but other later steps and epochs. */
function matchesLedger(state: LedgerState | undefined, rows: SnapshotRows): state is LedgerState {
  const { position, baseStepIdentity, baseEpochIdentity, epochsSince } = rows
  return (
    state !== undefined &&
    state.ledger === position.ledger &&
    state.epoch + epochsSince === position.epoch &&
    state.epochIdentity === baseEpochIdentity &&
    state.step <= position.step &&
    state.stepIdentity === baseStepIdentity &&
    countChanges(rows) <= rereadThreshold
  )
}

function buildSnapshotQueries(graph: Graph, state: LedgerState | undefined): QueryArrayConfig {
  const { step, epoch } = state ?? { step: 0, epoch: 0 }
  const isKnown = state !== undefined
  return {
    rowMode: "array",
    types: { getTypeParser: () => (value: string) => value },
    text: `
      begin isolation level repeatable read read only;
      select ledger, epoch, ${buildEpochIdentity("identity.epoch")}, newest, ${buildStepIdentity("newest")},
        ${buildStepIdentity(String(step))}, ${buildEpochIdentity(String(epoch))},
        (select count(*) from freshet.wipes where epoch > ${epoch})
      from freshet.identity, (select coalesce(max(id), 0) as newest from freshet.steps) as step;
      ${buildFailuresQuery(graph)};
      ${publishedQuery};
      ${buildFirstRunsQuery(graph)};
      select asset, partition from freshet.materializations
      where last_step > ${step} and ${isKnown}
      limit ${rereadThreshold + 1};
      select asset, partition from freshet.wipes,
        jsonb_each(partitions) as wiped (asset, ranges),
        jsonb_array_elements(ranges) as range (ends),
        generate_series((ends ->> 0)::integer, (ends ->> 1)::integer) as partition
      where epoch > ${epoch} and ${isKnown}
      limit ${rereadThreshold + 1}`,
  }
}

/** Selects the newest failures without a later success, also under other names of the computation. */
function buildFailuresQuery(graph: Graph): string {
  const renamedComputations = graph.computations
    .map((computation) => listComputationNames({ graph, followedNames: new Map() }, computation))
    .filter(({ length }) => length > 1)
  const names =
    renamedComputations.length === 0
      ? "array[bad.computation]"
      : `coalesce((
          select array(select jsonb_array_elements_text(each))
          from jsonb_array_elements(${escapeLiteral(JSON.stringify(renamedComputations))}) as each
          where each ? bad.computation limit 1
        ), array[bad.computation])`
  return `
    select computation, partition, run, outcome, coalesce(message, ''), ${toMilliseconds("ended_at")},
      fingerprint, (
        select coalesce(jsonb_agg(name order by name), '[]') from freshet.check_results
        where step = bad.id and severity = 'error' and not passed
      )
    from (
      select distinct on (computation, partition) * from freshet.steps
      where outcome in ('failed', 'checks_failed')
      order by computation, partition, id desc
    ) as bad
    where (
      select good.id from freshet.steps as good
      where good.computation = any(${names}) and good.partition = bad.partition
        and good.id > bad.id and good.outcome in ('materialized', 'reused')
      limit 1
    ) is null
    order by id`
}

/** Selects the partitions in published tables. */
const publishedQuery = `
  select table_name, partition_key, asset, data_version, file, content, ${toMilliseconds("published_at")}
  from freshet.published_partitions order by table_name`

function getText(row: TextRow, column: number): string {
  return row[column] ?? ""
}

function getNumber(row: TextRow, column: number): number {
  return Number(row[column])
}

/** Groups failures by computation. Rows arrive oldest first, so that the newest of several names wins. */
function groupFailures(names: LedgerNames, rows: readonly TextRow[]): LedgerSnapshot["failures"] {
  const failures = new Map<string, Map<number, Failure>>()
  for (const row of rows) {
    const computation = getCurrentName(names, getText(row, 0))
    const partition = findPartitionById(names, computation, getNumber(row, 1))
    if (partition === undefined) continue
    const partitions = failures.get(computation)
    if (partitions === undefined) failures.set(computation, new Map([[partition, toFailure(row)]]))
    else partitions.set(partition, toFailure(row))
  }
  return failures
}

function toPublishedRow(row: TextRow): PublishedRow {
  return {
    table: getText(row, 0),
    key: getText(row, 1),
    asset: getText(row, 2),
    dataVersion: getText(row, 3),
    file: getText(row, 4),
    content: getText(row, 5),
    atMs: getNumber(row, 6),
  }
}

function toFailure(row: TextRow): Failure {
  return {
    run: getText(row, 2),
    outcome: row[3] === "checks_failed" ? "checks_failed" : "failed",
    message: getText(row, 4),
    atMs: getNumber(row, 5),
    fingerprint: getText(row, 6),
    checks: JSON.parse(getText(row, 7)) as string[], // an array of names, as the query says
  }
}
