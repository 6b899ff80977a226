import { join } from "node:path"

import type { Graph } from "@freshet/core/engine"
import {
  beginWork,
  endWork,
  expireRecords,
  findDataDifferences,
  findGarbage,
  findReaders,
  findWipeable,
  clearPublishedContent,
  dropPublishedTables,
  invalidateFiles,
  type LedgerClient,
  type LedgerNames,
  listReferencedFiles,
  promoteMaterializations,
  readCheckResults,
  readDirectReaders,
  readFileRecords,
  readLedgerId,
  readLedgerNames,
  readMaterializations,
  readOrphans,
  readPredictions,
  readProvenance,
  readPublishedTables,
  readQuarantinedLines,
  readQuarantineFiles,
  readRunProgress,
  readRuns,
  readStorage,
  readWorkers,
  saveFileBytes,
  wipeMaterializations,
  wipePartitions,
  withSnapshot,
} from "@freshet/io"

import type { Config } from "./config.ts"
import type { ProjectLedger } from "./project.ts"
import { findRun } from "./run/find-run.ts"
import { readRunDetail, toRunRow } from "./run/run-history.ts"
import type { StoredFiles } from "./stored-files.ts"

type StateConfig = Pick<Config, "home" | "environment">

/** Returns the path of the state file of the ledger; each environment has one. */
export function locateStateFile({ home, environment }: StateConfig): string {
  return environment === undefined
    ? join(home, "histories")
    : join(home, "environments", environment, "histories")
}

/** The folder of the state file, the files of the store, and the names of the ledger if they are known. */
interface ProjectLedgerOptions {
  readonly config: StateConfig
  readonly files: StoredFiles
  readonly names?: LedgerNames | undefined
}

/** Binds the ledger's queries to a connection, which must outlive the result. Names are read once, with the snapshot. */
export function createProjectLedger(
  client: LedgerClient,
  graph: Graph,
  { config, files, ...known }: ProjectLedgerOptions,
): ProjectLedger {
  let { names } = known
  const getNames = async () => (names ??= await readLedgerNames(client, graph))
  return {
    withSnapshot: (work) =>
      withSnapshot(
        client,
        graph,
        { stateFile: locateStateFile(config), names },
        (reading, ledgerNames) => {
          names = ledgerNames
          return work(reading)
        },
      ),
    readMaterializations: async (ranges) =>
      files.remember(await readMaterializations(client, await getNames(), ranges)),
    readFileRecords: async (ranges) =>
      files.remember(await readFileRecords(client, await getNames(), ranges)),
    readDirectReaders: async (ids) => readDirectReaders(client, await getNames(), ids),
    invalidateFiles: (ids) => invalidateFiles(client, ids),
    saveFileBytes: (changes) => saveFileBytes(client, changes),
    readInputVersions: async (ids) => {
      const provenance = await readProvenance(client, await getNames(), ids)
      return new Map([...provenance].map(([id, { reads }]) => [id, reads]))
    },
    readCheckResults: async (rows) => readCheckResults(client, await getNames(), rows),
    listQuarantinedLines: async () => readQuarantinedLines(client, await getNames()),
    listQuarantineFiles: async (request) => readQuarantineFiles(client, await getNames(), request),
    readPredictions: async (computations) =>
      readPredictions(client, await getNames(), computations),
    listRuns: async (limit) => (await readRuns(client, limit)).map(toRunRow),
    findRun: async (id) => {
      const run = await findRun(client, id)
      return run && readRunDetail(client, await getNames(), run)
    },
    readRunProgress: async (run) => readRunProgress(client, await getNames(), run),
    beginWork: (work, run) => beginWork(client, work, run),
    endWork: (work, end) => endWork(client, work, end),
    readId: () => readLedgerId(client),
    findWipeable: async (ranges) => findWipeable(client, await getNames(), ranges),
    findReaders: async (ranges) => findReaders(client, await getNames(), ranges),
    wipePartitions: async (ranges) => void (await wipePartitions(client, await getNames(), ranges)),
    readStorage: async () => readStorage(client, await getNames()),
    readPublishedTables: () => readPublishedTables(client),
    readWorkers: () => readWorkers(client),
    readOrphans: () => readOrphans(client, graph),
    dropPublishedTables: (tables) => dropPublishedTables(client, tables),
    expireRecords: (expiry, options) => expireRecords(client, expiry, options),
    findGarbage: async (options) => findGarbage(client, await getNames(), options),
    ...createEnvironmentQueries(client, getNames),
    wipeMaterializations: async (ids) => void (await wipeMaterializations(client, ids)),
    clearPublishedContent: (keys) => clearPublishedContent(client, keys),
    listReferencedFiles: (options, ids) => listReferencedFiles(client, options, ids),
  }
}

/** Binds the queries that compare and promote environments. */
function createEnvironmentQueries(
  client: LedgerClient,
  getNames: () => Promise<LedgerNames>,
): Pick<ProjectLedger, "findDataDifferences" | "promoteMaterializations"> {
  return {
    findDataDifferences: async () => findDataDifferences(client, await getNames()),
    promoteMaterializations: async (environment, ids) =>
      void (await promoteMaterializations(client, environment, ids)),
  }
}
