import { existsSync, statSync } from "node:fs"
import { rm } from "node:fs/promises"

import {
  type Asset,
  type Check,
  type ComputeRequest,
  type ComputeResult,
  type DerivedOutput,
  FreshetError,
  type LineCount,
  type MadeOutput,
  quoteName,
  renderSql,
  sharedRelation,
  type SqlComputation,
  type PartitionText,
} from "@freshet/core"

import type { LandingContext } from "../input/read-landed.ts"
import { outputKey, quarantineKey, refusedKey } from "../store/key.ts"
import type { Store } from "../store/store.ts"
import { checkAll } from "./check.ts"
import type { runCode } from "./code.ts"
import { measureContents } from "./content.ts"
import { engineFailure } from "./failure.ts"
import { pathList } from "./literal.ts"
import { writeOutput } from "./output.ts"
import { createRelations } from "./relations.ts"
import type { Connection } from "./session.ts"
import type { Workshop } from "./workshop.ts"

/** An output's rows in a temporary file. */
interface Written {
  readonly asset: Asset
  readonly path: string
}

/** Computes one partition: reads → queries → temporary files → checks → durable files, all of them or none. */
export async function computePartition(
  workshop: Workshop,
  request: ComputeRequest,
  report: (share: number) => void,
): Promise<ComputeResult> {
  return await withTempFiles(workshop.store, (tempPath) =>
    workshop.session.withConnection((connection) =>
      withReports(connection, report, async (advance) => {
        const landing = landingFor(workshop, request, connection, tempPath)
        const lineCounts = await createRelations(request.relations, workshop.store, landing)
        advance(0.2)
        const written = await write(workshop, connection, request, tempPath)
        advance(0.8)
        return await finish(workshop.store, connection, request, { written, lineCounts })
      }),
    ),
  )
}

/** Computes one partition, and keeps neither its rows nor the lines that it would set aside. */
export async function rederivePartition(
  workshop: Workshop,
  request: ComputeRequest,
): Promise<readonly DerivedOutput[]> {
  return await withTempFiles(workshop.store, (tempPath) =>
    workshop.session.withConnection(async (connection) => {
      const { quarantine: _, ...landing } = landingFor(workshop, request, connection, tempPath)
      await createRelations(request.relations, workshop.store, landing)
      const written = await write(workshop, connection, request, tempPath)
      const files = written.map((each) => ({ ...each, columns: each.asset.columns }))
      const measured = await measureContents(connection, files)
      return measured.map(({ asset, content: { dataVersion, rows } }) => ({
        asset: asset.name,
        dataVersion,
        rows,
      }))
    }),
  )
}

/** Lends paths for files that are gone when the work has ended. */
async function withTempFiles<T>(
  store: Store,
  work: (tempPath: (suffix: string) => Promise<string>) => Promise<T>,
): Promise<T> {
  const temporary: string[] = []
  try {
    return await work(async (suffix) => {
      const path = await store.tempPath(suffix)
      temporary.push(path)
      return path
    })
  } finally {
    await Promise.all(
      temporary.filter((path) => existsSync(path)).map((path) => rm(path, { force: true })),
    )
  }
}

function landingFor(
  { store, session, landedPath }: Workshop,
  { folder, inputVersion, partition }: ComputeRequest,
  connection: Connection,
  tempPath: (suffix: string) => Promise<string>,
): LandingContext {
  return {
    connection,
    partition,
    landedPath,
    scratchFolder: session.scratchFolder,
    judge: "quick",
    quarantine: {
      tempPath: () => tempPath(".jsonl"),
      keep: async (path, source) => {
        const key = quarantineKey(source, folder, inputVersion)
        await store.commit(path, key)
        return { key, path: store.path(key) }
      },
    },
  }
}

async function write(
  workshop: Workshop,
  connection: Connection,
  request: ComputeRequest,
  tempPath: (suffix: string) => Promise<string>,
): Promise<readonly Written[]> {
  const { computation, outputs } = request
  const written = await Promise.all(
    outputs.map(async (asset) => ({ asset, path: await tempPath(".parquet") })),
  )
  const queryOf =
    computation.kind === "sql"
      ? await queriesOf(connection, computation, request.partition)
      : await codeQuery(workshop, connection, { ...request, computation }, tempPath)
  for (const { asset, path } of written)
    await writeOutput(connection, asset, queryOf(asset.name), path)
  return written
}

/** Output → its query over the shared rows, which are there when this returns. */
async function queriesOf(
  connection: Connection,
  computation: SqlComputation,
  partition: PartitionText,
): Promise<(asset: string) => string> {
  await createShared(connection, computation, partition)
  return (asset) => {
    const query = computation.outputs.find((output) => output.asset === asset)?.query
    if (query !== undefined) return renderSql(query, partition)
    throw new FreshetError("engine", `\`${computation.name}\` has no query for \`${asset}\``)
  }
}

/** Code is loaded with what it needs only when there is some to run. */
async function codeQuery(...given: Parameters<typeof runCode>): Promise<(asset: string) => string> {
  const { runCode } = await import("./code.ts")
  const query = await runCode(...given)
  return () => query
}

async function createShared(
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
    throw engineFailure(`the shared rows of \`${name}\``, cause)
  }
}

async function finish(
  store: Store,
  connection: Connection,
  request: ComputeRequest,
  made: { readonly written: readonly Written[]; readonly lineCounts: readonly LineCount[] },
): Promise<ComputeResult> {
  const { written, lineCounts } = made
  if (written.length > 1 && written.some(({ asset }) => asset.checks.some(isQuery)))
    await nameOutputs(connection, written)
  const { partition, folder, inputVersion } = request
  const files = written.map((each) => ({ ...each, columns: each.asset.columns, partition }))
  const rows = await measureContents(connection, files)
  const checks = await checkAll(connection, rows, (asset) => asset.checks)
  if (checks.some((check) => !check.passed && check.severity === "error")) {
    const kept = written.map(async ({ asset, path }) => {
      const key = refusedKey(asset.name, folder, inputVersion)
      await store.commit(path, key)
      return key
    })
    return { kind: "refused", kept: await Promise.all(kept), checks, lineCounts }
  }
  const outputs = await Promise.all(
    rows.map(async ({ asset, path, content }): Promise<MadeOutput> => {
      const file = outputKey(asset.name, folder, inputVersion)
      const { size: bytes } = statSync(path)
      await store.commit(path, file)
      return {
        asset: asset.name,
        dataVersion: content.dataVersion,
        file,
        rows: content.rows,
        bytes,
      }
    }),
  )
  return { kind: "made", outputs, checks, lineCounts }
}

function isQuery({ rule }: Check): boolean {
  return rule.kind === "no_rows"
}

/** A check may read another output of the same computation: the rows just made. */
async function nameOutputs(connection: Connection, written: readonly Written[]): Promise<void> {
  const views = written.map(
    ({ asset, path }) =>
      `CREATE OR REPLACE TEMP VIEW ${quoteName(asset.name)} AS FROM read_parquet(${pathList([path])});`,
  )
  await connection.run(views.join("\n"))
}

/** Tells how far the work is: what is behind it, and a part of the rest for the statement that runs. */
async function withReports<T>(
  connection: Connection,
  report: (share: number) => void,
  work: (advance: (share: number) => void) => Promise<T>,
): Promise<T> {
  let behind = 0
  const timer = setInterval(() => report(behind + (1 - behind) * 0.5 * connection.progress()), 100)
  try {
    return await work((share) => {
      behind = share
    })
  } finally {
    clearInterval(timer)
  }
}
