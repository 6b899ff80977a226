import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"

import { type Asset, type Check } from "@freshet/core"
import {
  type ComputeRequest,
  type ComputeResult,
  FreshetError,
  type LineCount,
  type MaterializedOutput,
  type PartitionText,
  quoteName,
  type RecomputedOutput,
  renderSql,
  type SqlComputation,
  sharedRelation,
} from "@freshet/core/engine"

import type { LandingContext } from "../input/read-landed-files.ts"
import { buildOutputKey, buildQuarantineKey, buildFailedRowsKey } from "../store/store-key.ts"
import type { Store } from "../store/store.ts"
import { measureContents } from "./content.ts"
import type { EngineContext } from "./engine-context.ts"
import { toEngineError } from "./engine-error.ts"
import { createLandedPaths, createRelations } from "./relations.ts"
import { runChecks } from "./run-checks.ts"
import type { runCode } from "./run-code.ts"
import type { Connection } from "./session.ts"
import { formatPathList } from "./sql-text.ts"
import { withTimeLimit } from "./time-limit.ts"
import { writeOutput } from "./write-output.ts"

/** An output's rows in a temporary file. */
interface WrittenOutput {
  readonly asset: Asset
  readonly path: string
}

/** Computes one partition: reads, queries, temporary files, checks, durable files. It commits all files or none. */
export async function computePartition(
  context: EngineContext,
  request: ComputeRequest,
  report: (share: number) => void,
): Promise<ComputeResult> {
  return await withTimeLimit(context, request.computation, (limitedContext) =>
    computeOutputs(limitedContext, request, report),
  )
}

async function computeOutputs(
  context: EngineContext,
  request: ComputeRequest,
  report: (share: number) => void,
): Promise<ComputeResult> {
  return await withTempFiles(context.store, (tempPath) =>
    context.session.withConnection((connection) =>
      withProgressReports(connection, report, async (advance) => {
        const landing = createLandingContext(context, request, connection, tempPath)
        const lineCounts = await createRelations(request.relations, context.store, landing)
        advance(0.2)
        const writtenOutputs = await writeOutputs(context, connection, request, tempPath)
        advance(0.8)
        return await commitOutputs(context.store, connection, request, {
          writtenOutputs,
          lineCounts,
        })
      }),
    ),
  )
}

/** Computes one partition without storing rows or quarantined lines. */
export async function recomputePartition(
  context: EngineContext,
  request: ComputeRequest,
): Promise<readonly RecomputedOutput[]> {
  return await withTempFiles(context.store, (tempPath) =>
    context.session.withConnection(async (connection) => {
      const { quarantine: _, ...landing } = createLandingContext(
        context,
        request,
        connection,
        tempPath,
      )
      await createRelations(request.relations, context.store, landing)
      const writtenOutputs = await writeOutputs(context, connection, request, tempPath)
      const files = writtenOutputs.map((output) => ({ ...output, columns: output.asset.columns }))
      const measuredFiles = await measureContents(connection, files)
      return measuredFiles.map(({ asset, content: { dataVersion, rows } }) => ({
        asset: asset.name,
        dataVersion,
        rows,
      }))
    }),
  )
}

/** Provides paths of temporary files that are removed when the work has ended. */
async function withTempFiles<T>(
  store: Store,
  work: (tempPath: (suffix: string) => Promise<string>) => Promise<T>,
): Promise<T> {
  const tempPaths: string[] = []
  try {
    return await work(async (suffix) => {
      const path = await store.tempPath(suffix)
      tempPaths.push(path)
      return path
    })
  } finally {
    await Promise.all(
      tempPaths.filter((path) => existsSync(path)).map((path) => rm(path, { force: true })),
    )
  }
}

function createLandingContext(
  context: EngineContext,
  { folder, inputVersion, partition }: ComputeRequest,
  connection: Connection,
  tempPath: (suffix: string) => Promise<string>,
): LandingContext {
  const { store, session } = context
  return {
    connection,
    partition,
    localPath: createLandedPaths(context),
    scratchFolder: session.scratchFolder,
    parser: "fast",
    quarantine: {
      tempPath: () => tempPath(".jsonl"),
      save: async (path, source) => {
        const key = buildQuarantineKey(source, folder, inputVersion)
        await store.commit(path, key)
        return { key, location: store.locate(key) }
      },
    },
  }
}

async function writeOutputs(
  context: EngineContext,
  connection: Connection,
  request: ComputeRequest,
  tempPath: (suffix: string) => Promise<string>,
): Promise<readonly WrittenOutput[]> {
  const { computation, outputs } = request
  const writtenOutputs = await Promise.all(
    outputs.map(async (asset) => ({ asset, path: await tempPath(".parquet") })),
  )
  const getQuery =
    computation.kind === "sql"
      ? await prepareQueries(connection, computation, request.partition)
      : await prepareCodeQuery(context, connection, { ...request, computation }, tempPath)
  for (const { asset, path } of writtenOutputs)
    await writeOutput(connection, asset, getQuery(asset.name), path)
  return writtenOutputs
}

/** Creates the table of shared rows and returns the query of each output over it. */
async function prepareQueries(
  connection: Connection,
  computation: SqlComputation,
  partition: PartitionText,
): Promise<(asset: string) => string> {
  await createSharedTable(connection, computation, partition)
  return (asset) => {
    const query = computation.outputs.find((output) => output.asset === asset)?.query
    if (query !== undefined) return renderSql(query, partition)
    throw new FreshetError("engine", `\`${computation.name}\` has no query for \`${asset}\``)
  }
}

/** Loads the modules for code assets on first use. */
async function prepareCodeQuery(
  ...codeArguments: Parameters<typeof runCode>
): Promise<(asset: string) => string> {
  const { runCode } = await import("./run-code.ts")
  const query = await runCode(...codeArguments)
  return () => query
}

async function createSharedTable(
  connection: Connection,
  { name, shared }: SqlComputation,
  partition: PartitionText,
): Promise<void> {
  if (shared === undefined) return
  try {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${quoteName(sharedRelation)} AS ${renderSql(shared, partition)}`,
    )
  } catch (cause) {
    throw toEngineError(`the shared rows of \`${name}\``, cause)
  }
}

async function commitOutputs(
  store: Store,
  connection: Connection,
  request: ComputeRequest,
  computed: {
    readonly writtenOutputs: readonly WrittenOutput[]
    readonly lineCounts: readonly LineCount[]
  },
): Promise<ComputeResult> {
  const { writtenOutputs, lineCounts } = computed
  if (
    writtenOutputs.length > 1 &&
    writtenOutputs.some(({ asset }) => asset.checks.some(isQueryCheck))
  )
    await createOutputViews(connection, writtenOutputs)
  const { partition, folder, inputVersion } = request
  const files = writtenOutputs.map((output) => ({
    ...output,
    columns: output.asset.columns,
    partition,
  }))
  const rows = await measureContents(connection, files)
  const checks = await runChecks(connection, rows, (asset) => asset.checks)
  if (checks.some((check) => !check.passed && check.severity === "error")) {
    const failedRowKeys = writtenOutputs.map(async ({ asset, path }) => {
      const key = buildFailedRowsKey(asset.name, folder, inputVersion)
      await store.commit(path, key)
      return key
    })
    return {
      kind: "checks_failed",
      failedFiles: await Promise.all(failedRowKeys),
      checks,
      lineCounts,
    }
  }
  const outputs = await Promise.all(
    rows.map(async ({ asset, path, content }): Promise<MaterializedOutput> => {
      const file = buildOutputKey(asset.name, folder, inputVersion)
      const { bytes, checksum, identity } = await store.commit(path, file)
      return {
        asset: asset.name,
        dataVersion: content.dataVersion,
        file,
        rows: content.rows,
        bytes,
        checksum,
        fileIdentity: identity,
      }
    }),
  )
  return { kind: "materialized", outputs, checks, lineCounts }
}

function isQueryCheck({ rule }: Check): boolean {
  return rule.kind === "no_rows"
}

/** Creates views of the written outputs: a check may read the new rows of another output. */
async function createOutputViews(
  connection: Connection,
  writtenOutputs: readonly WrittenOutput[],
): Promise<void> {
  const views = writtenOutputs.map(
    ({ asset, path }) =>
      `CREATE OR REPLACE TEMP VIEW ${quoteName(asset.name)} AS FROM read_parquet(${formatPathList([path])});`,
  )
  await connection.run(views.join("\n"))
}

/** Reports the progress of the work: completed statements, and the share of the running one. */
async function withProgressReports<T>(
  connection: Connection,
  report: (share: number) => void,
  work: (advance: (share: number) => void) => Promise<T>,
): Promise<T> {
  let completedShare = 0
  const timer = setInterval(
    () => report(completedShare + (1 - completedShare) * 0.5 * connection.progress()),
    100,
  )
  try {
    return await work((share) => {
      completedShare = share
    })
  } finally {
    clearInterval(timer)
  }
}
