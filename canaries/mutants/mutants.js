/**
 * The protections of the ledger, the store and the publication, each with the code that removes it and a test that fails
 * without it. `text` occurs once in the file.
 * @typedef {{ name: string, file: string, text: string, replacement: string, test: string }} Mutant
 */

const store = "packages/io/src/store"
const ledger = "packages/io/src/ledger"
const publish = "packages/io/src/publish"
const migrations = "packages/schema/migrations"

/** @type {readonly Mutant[]} */
const syncs = [
  {
    name: "sync of a file before its rename",
    file: `${store}/folder-store.ts`,
    text: "    syncPath(from),\n",
    replacement: "",
    test: "test/store/durability.test.ts",
  },
  {
    name: "sync of the folder after a rename",
    file: `${store}/folder-store.ts`,
    text: "  await syncPath(dirname(to))\n",
    replacement: "",
    test: "test/store/durability.test.ts",
  },
  {
    name: "sync of the parents of a new folder",
    file: `${store}/durable-folder.ts`,
    text: "    syncs.push(syncPath(dirname(createdFolder)))",
    replacement: "    void createdFolder",
    test: "test/store/durability.test.ts",
  },
  {
    name: "sync of the owner before its link",
    file: `${store}/folder-owner.ts`,
    text: "    await syncPath(path)\n",
    replacement: "",
    test: "test/store/durability.test.ts",
  },
  {
    name: "sync of the folder of the owner",
    file: `${store}/folder-owner.ts`,
    text: "    await syncPath(root)\n",
    replacement: "",
    test: "test/store/durability.test.ts",
  },
  {
    name: "sync of a copy of an object",
    file: `${store}/object-cache.ts`,
    text: "    await syncPath(temporaryPath)\n",
    replacement: "",
    test: "test/store/durability.test.ts",
  },
  {
    name: "sync of a state file",
    file: `${ledger}/state-file.ts`,
    text: "    fsyncSync(file)\n",
    replacement: "",
    test: "test/store/durability.test.ts",
  },
]

/** @type {readonly Mutant[]} */
const constraints = [
  {
    name: "unique claim",
    file: `${migrations}/0016_workers.sql`,
    text: `CONSTRAINT "claims_kind_name_partition_pk" PRIMARY KEY("kind","name","partition")`,
    replacement: "CHECK (true)",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "unique tick",
    file: `${migrations}/0008_schedules.sql`,
    text: `CONSTRAINT "ticks_schedule_tick_at_unique" UNIQUE("schedule","tick_at")`,
    replacement: "CHECK (true)",
    test: "test/ledger/ticks.test.ts",
  },
  {
    name: "unique materialization of an input version",
    file: `${migrations}/0000_runs.sql`,
    text: `CONSTRAINT "materializations_asset_partition_input_version_unique" UNIQUE("asset","partition","input_version")`,
    replacement: "CHECK (true)",
    test: "test/ledger/run-ledger.test.ts",
  },
  {
    name: "unique open alert",
    file: `${migrations}/0012_alerts.sql`,
    text: `CREATE UNIQUE INDEX "alerts_open_key"`,
    replacement: `CREATE INDEX "alerts_open_key"`,
    test: "test/ledger/alerts.test.ts",
  },
  {
    name: "unique content of a published partition",
    file: `${migrations}/0009_published_partitions.sql`,
    text: `CONSTRAINT "published_partitions_table_name_partition_key_pk" PRIMARY KEY("table_name","partition_key")`,
    replacement: "CHECK (true)",
    test: "test/publish/publisher.test.ts",
  },
  {
    name: "unique key of a static partition",
    file: `${migrations}/0001_exact_staleness.sql`,
    text: `CONSTRAINT "static_keys_key_unique" UNIQUE("key")`,
    replacement: "CHECK (true)",
    test: "test/ledger/unique-records.test.ts",
  },
  {
    name: "unique definition of partitions",
    file: `${migrations}/0010_partition_definitions.sql`,
    text: `CONSTRAINT "partition_definitions_definition_unique" UNIQUE("definition")`,
    replacement: "CHECK (true)",
    test: "test/ledger/unique-records.test.ts",
  },
]

/** @type {readonly Mutant[]} */
const fences = [
  {
    name: "a record of an ended worker is refused",
    file: `${ledger}/record-steps.ts`,
    text: "and workers.id = $2 and workers.ended_at is null",
    replacement: "and workers.id = $2",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "a record of an ended run is refused",
    file: `${ledger}/record-steps.ts`,
    text: "where runs.outcome is null and runs.id in",
    replacement: "where runs.id in",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "a worker stays open until its record has ended",
    file: `${ledger}/record-steps.ts`,
    text: "  for share of runs, workers\n",
    replacement: "",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "steps of two runs are committed one after the other",
    file: `${ledger}/record-steps.ts`,
    text: 'select pg_advisory_xact_lock(${recordingLock.join(", ")})',
    replacement: "select 1",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "an ended worker claims nothing",
    file: `${ledger}/claims.ts`,
    text: "where id = $4 and ended_at is null",
    replacement: "where id = $4",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "the lease of an ended worker is not extended",
    file: `${ledger}/workers.ts`,
    text: "interval '${leaseSeconds} seconds'\n    where id = $1 and ended_at is null",
    replacement: "interval '${leaseSeconds} seconds'\n    where id = $1",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "the end of a run is recorded once",
    file: `${ledger}/queued-work.ts`,
    text: "ended_at = now() where id = $1 and outcome is null",
    replacement: "ended_at = now() where id = $1",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "a run that is over publishes nothing",
    file: `${publish}/publication.ts`,
    text: "if (runRow?.outcome === null) return",
    replacement: "if (runRow !== undefined) return",
    test: "test/publish/publisher-faults.test.ts",
  },
  {
    name: "a run cannot end before the commit of its publication",
    file: `${publish}/publication.ts`,
    text: `    .for("share")\n`,
    replacement: "",
    test: "test/publish/publisher-faults.test.ts",
  },
  {
    name: "publishers of one set take turns",
    file: `${publish}/publication.ts`,
    text: `  await client.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [formatLockName(set)])\n`,
    replacement: "",
    test: "test/publish/publisher-faults.test.ts",
  },
  {
    name: "the session of a publication ends with its worker",
    file: `${publish}/publication.ts`,
    text: "for (const { worker } of rows) await holdWorkerLock(client, worker)",
    replacement: "void holdWorkerLock, rows",
    test: "test/publish/publisher-faults.test.ts",
  },
  {
    name: "a lost answer to the commit is settled",
    file: `${publish}/publish-set.ts`,
    text: `  if (outcome.kind === "unanswered") await settle(connect, request, outcome.cause)\n`,
    replacement: "",
    test: "test/publish/publisher-faults.test.ts",
  },
  {
    name: "an ended tick gets no other run",
    file: `${ledger}/queued-work.ts`,
    text: "set run = $2 where id = $1 and ended_at is null",
    replacement: "set run = $2 where id = $1",
    test: "test/ledger/ticks.test.ts",
  },
  {
    name: "the first end of a tick is final",
    file: `${ledger}/queued-work.ts`,
    text: "\n     where id = $1 and ended_at is null`",
    replacement: "\n     where id = $1`",
    test: "test/ledger/ticks.test.ts",
  },
  {
    name: "one process delivers an alert",
    file: `${ledger}/alerts.ts`,
    text: "for update skip locked",
    replacement: "",
    test: "test/ledger/alerts.test.ts",
  },
]

/** @type {readonly Mutant[]} */
const transactions = [
  {
    name: "the claims of a pool are counted one after the other",
    file: `${ledger}/claims.ts`,
    text: "  return withTransaction(client, async () => {",
    replacement: "  return ((_client, work) => work())(client, async () => {",
    test: "test/ledger/workers.test.ts",
  },
  {
    name: "schedulers look at ticks one after the other",
    file: `${ledger}/ticks.ts`,
    text: "  return withTransaction(client, async () => {",
    replacement: "  return ((_client, work) => work())(client, async () => {",
    test: "test/ledger/ticks.test.ts",
  },
  {
    name: "arrivals are recorded in one transaction",
    file: `${ledger}/arrivals.ts`,
    text: "  return withTransaction(client, async () => {",
    replacement: "  return ((_client, work) => work())(client, async () => {",
    test: "test/ledger/arrivals.test.ts",
  },
  {
    name: "alerts of a kind are replaced in one transaction",
    file: `${ledger}/alerts.ts`,
    text: "  return withTransaction(client, async () => {",
    replacement: "  return ((_client, work) => work())(client, async () => {",
    test: "test/ledger/alerts.test.ts",
  },
  {
    name: "a publication is one transaction",
    file: `${publish}/publication.ts`,
    text: `  await client.query("begin")\n`,
    replacement: "",
    test: "test/publish/publisher-faults.test.ts",
  },
  {
    name: "a failed transaction is rolled back",
    file: `${ledger}/transaction.ts`,
    text: `    await client.query("rollback").catch(() => undefined) // the connection may be lost\n`,
    replacement: "",
    test: "test/ledger/transaction.test.ts",
  },
]

export const mutants = [...syncs, ...constraints, ...fences, ...transactions]
