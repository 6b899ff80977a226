import { join } from "node:path"

import type { Graph } from "@freshet/core/engine"
import {
  beginTick,
  endTick,
  findGarbage,
  findReaders,
  findRuns,
  findWipeable,
  clearPublishedContent,
  dropPublishedTables,
  type LedgerClient,
  listReferencedFiles,
  readCheckResults,
  readDirectReaders,
  readFileRecords,
  readLedgerId,
  readMaterializations,
  readOrphans,
  readPredictions,
  readProvenance,
  readQuarantinedLines,
  readQuarantineFiles,
  readRuns,
  saveFileBytes,
  wipeMaterializations,
  wipePartitions,
  withSnapshot,
} from "@freshet/io"

import type { Config } from "./config.ts"
import type { ProjectLedger } from "./project.ts"
import { readRunDetail, toRunRow } from "./run/run-history.ts"
import type { StoredFiles } from "./stored-files.ts"

/** Binds the ledger's queries to a connection, which must outlive the result. */
export function createProjectLedger(
  client: LedgerClient,
  graph: Graph,
  { home, files }: Pick<Config, "home"> & { readonly files: StoredFiles },
): ProjectLedger {
  return {
    withSnapshot: (work) =>
      withSnapshot(client, graph, { stateFile: join(home, "histories") }, work),
    readMaterializations: async (ranges) =>
      files.remember(await readMaterializations(client, graph, ranges)),
    readFileRecords: async (ranges) => files.remember(await readFileRecords(client, graph, ranges)),
    readDirectReaders: (ids) => readDirectReaders(client, graph, ids),
    saveFileBytes: (changes) => saveFileBytes(client, changes),
    readInputVersions: async (ids) => {
      const provenance = await readProvenance(client, graph, ids)
      return new Map([...provenance].map(([id, { reads }]) => [id, reads]))
    },
    readCheckResults: (rows) => readCheckResults(client, graph, rows),
    listQuarantinedLines: () => readQuarantinedLines(client),
    listQuarantineFiles: (request) => readQuarantineFiles(client, graph, request),
    readPredictions: (computations) => readPredictions(client, graph, computations),
    listRuns: async (limit) => (await readRuns(client, limit)).map(toRunRow),
    findRun: async (id) => {
      const [run, ...otherRuns] = await findRuns(client, id)
      return run === undefined || otherRuns.length > 0
        ? undefined
        : readRunDetail(client, graph, run)
    },
    beginTick: (tick, run) => beginTick(client, tick, run),
    endTick: (tick, end) => endTick(client, tick, end),
    readId: () => readLedgerId(client),
    findWipeable: (ranges) => findWipeable(client, graph, ranges),
    findReaders: (ranges) => findReaders(client, graph, ranges),
    wipePartitions: async (ranges) => void (await wipePartitions(client, graph, ranges)),
    readOrphans: () => readOrphans(client, graph),
    dropPublishedTables: (tables) => dropPublishedTables(client, tables),
    findGarbage: (options) => findGarbage(client, graph, options),
    wipeMaterializations: async (ids) => void (await wipeMaterializations(client, ids)),
    clearPublishedContent: (keys) => clearPublishedContent(client, keys),
    listReferencedFiles: (options, excludedIds) =>
      listReferencedFiles(client, options, excludedIds),
  }
}
