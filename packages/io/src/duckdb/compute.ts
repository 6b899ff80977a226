import { existsSync, statSync } from "node:fs"
import { rm } from "node:fs/promises"

import {
  type Asset,
  type Check,
  type ComputeRequest,
  type ComputeResult,
  FreshetError,
  type LineCount,
  type MadeOutput,
  quoteName,
  renderSql,
  sharedRelation,
  type SqlComputation,
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
  const temporary: string[] = []
  const tempPath = async (suffix: string) => {
    const path = await workshop.store.tempPath(suffix)
    temporary.push(path)
    return path
  }
  try {
    return await workshop.session.withConnection((connection) =>
      withReports(connection, report, async (advance) => {
        const landing = landingFor(workshop, request, connection, tempPath)
        const lineCounts = await createRelations(request.relations, workshop.store, landing)
        advance(0.2)
        const written = await write(workshop, connection, request, tempPath)
        advance(0.8)
        return await finish(workshop.store, connection, request, { written, lineCounts })
      }),
    )
  } finally {
    await Promise.all(
      temporary.filter((path) => existsSync(path)).map((path) => rm(path, { force: true })),
    )
  }
}

function landingFor(
  { store, session, landedPath }: Workshop,
  { partition, inputVersion, day }: ComputeRequest,
  connection: Connection,
  tempPath: (suffix: string) => Promise<string>,
): LandingContext {
  return {
    connection,
    day,
    landedPath,
    scratchFolder: session.scratchFolder,
    judge: "quick",
    quarantine: {
      tempPath: () => tempPath(".jsonl"),
      keep: async (path, source) => {
        const key = quarantineKey(source, partition, inputVersion)
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
      ? await queriesOf(connection, computation, request.day)
      : await codeQuery(workshop, connection, { ...request, computation }, tempPath)
  for (const { asset, path } of written)
    await writeOutput(connection, asset, queryOf(asset.name), path)
  return written
}

/** Output → its query over the shared rows, which are there when this returns. */
async function queriesOf(
  connection: Connection,
  computation: SqlComputation,
  day: string,
): Promise<(asset: string) => string> {
  await createShared(connection, computation, day)
  return (asset) => {
    const query = computation.outputs.find((output) => output.asset === asset)?.query
    if (query !== undefined) return renderSql(query, day)
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
  day: string,
): Promise<void> {
  if (shared === undefined) return
  try {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${quoteName(sharedRelation)} AS ${renderSql(shared, day)}`,
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
  const { day, partition, inputVersion } = request
  const files = written.map((each) => ({ ...each, columns: each.asset.columns, day }))
  const rows = await measureContents(connection, files)
  const checks = await checkAll(connection, rows, (asset) => asset.checks)
  if (checks.some((check) => !check.passed && check.severity === "error")) {
    const kept = written.map(async ({ asset, path }) => {
      const key = refusedKey(asset.name, partition, inputVersion)
      await store.commit(path, key)
      return key
    })
    return { kind: "refused", kept: await Promise.all(kept), checks, lineCounts }
  }
  const outputs = await Promise.all(
    rows.map(async ({ asset, path, content }): Promise<MadeOutput> => {
      const file = outputKey(asset.name, partition, inputVersion)
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
