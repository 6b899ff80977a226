import { randomUUID } from "node:crypto"
import { mkdir, readdir, rm } from "node:fs/promises"
import { basename, join } from "node:path"

import type { DuckDBConnection, DuckDBInstance, Json } from "@duckdb/node-api"

import { createLimiter } from "../limiter.ts"
import { toEngineError, createInterruptedError } from "./engine-error.ts"
import { loadDuckdb } from "./load-duckdb.ts"

/** Resources of the engine. The process stays within a limit of X if `memoryLimitMb` is about 0.8 X. */
export interface SessionOptions {
  readonly memoryLimitMb: number
  readonly threads: number
  /** Parent of this session's folder for spilled and unpacked files; created on demand, emptied at the end. */
  readonly spillFolder: string
  /** The number of tasks that may run at once. */
  readonly connections: number
  /** Enables progress of statements; it costs a little in each task. */
  readonly progress?: boolean
  readonly signal?: AbortSignal | undefined
}

/** An in-memory database of this process. DuckDB is loaded for the first connection. */
export interface Session {
  /**
   * Runs work on a connection without temporary objects, and waits for a free one. Aborting the signal, by default that
   * of the session, interrupts its statements.
   */
  readonly withConnection: <T>(
    work: (connection: Connection) => Promise<T>,
    signal?: AbortSignal,
  ) => Promise<T>
  /** Opens another connection for work that has one already, without waiting. The caller must release it. Aborting the signal interrupts its statements. */
  readonly openConnection: (signal?: AbortSignal) => Promise<{
    readonly native: DuckDBConnection
    readonly close: () => void
  }>
  /** Starts the engine, which the first connection otherwise does. A failure is thrown where a connection is opened. */
  readonly start: () => void
  /** A private folder of this session, removed when the session closes. */
  readonly scratchFolder: () => Promise<string>
  /** Tests if sessions of killed processes, or other sessions, have folders in the spill folder. */
  readonly hasLeftovers: () => Promise<boolean>
  /** Removes what sessions of killed processes left in the spill folder. No other session may use it. */
  readonly removeLeftovers: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A row with JSON-safe values: 64-bit integers, decimals and instants are text. */
export type JsonRow = Readonly<Record<string, Json>>

/** A connection during one task. Its temporary tables and views are private and dropped afterwards. */
export interface Connection {
  readonly run: (sql: string) => Promise<void>
  readonly rows: (sql: string) => Promise<readonly JsonRow[]>
  /** The progress of the running statement, 0 to 1; 0 if the engine does not know it. */
  readonly progress: () => number
  /** The engine's connection, for chunks and vectors; its errors are the engine's own. */
  readonly native: DuckDBConnection
}

/** Opens a session; cheap, since the engine itself is loaded on first use. */
export function openSession(options: SessionOptions): Session {
  const scratch = join(options.spillFolder, randomUUID())
  const limitConcurrency = createLimiter(options.connections)
  const shareThreads = createThreadSharing(options.threads)
  let instancePromise: Promise<DuckDBInstance> | undefined
  const instance = () => (instancePromise ??= openInstance(options, scratch))
  const listOtherFolders = async () => {
    const names = await readdir(options.spillFolder).catch((): string[] => [])
    return names.filter((name) => name !== basename(scratch))
  }
  return {
    withConnection: (work, signal = options.signal) =>
      limitConcurrency(() =>
        shareThreads((join) =>
          withNewConnection({ instance, register: join }, { ...options, signal }, work),
        ),
      ),
    openConnection: async (signal) => {
      const native = await (await instance()).connect()
      const interrupt = () => native.interrupt()
      signal?.addEventListener("abort", interrupt)
      const close = () => {
        signal?.removeEventListener("abort", interrupt)
        native.closeSync()
      }
      return { native, close }
    },
    start: () => void instance().catch(() => undefined),
    scratchFolder: async () => {
      await mkdir(scratch, { recursive: true })
      return scratch
    },
    hasLeftovers: async () => (await listOtherFolders()).length > 0,
    removeLeftovers: async () => {
      for (const name of await listOtherFolders())
        await rm(join(options.spillFolder, name), { recursive: true, force: true })
    },
    close: async () => {
      const openedInstance = await instancePromise?.catch(() => undefined) // thrown where it was used
      openedInstance?.closeSync()
      instancePromise = undefined
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

/** Opens a session, runs the work and closes the session in every case. */
export async function withSession<T>(
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = openSession(options)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

async function openInstance(options: SessionOptions, scratch: string): Promise<DuckDBInstance> {
  try {
    const { DuckDBInstance } = await loadDuckdb()
    await mkdir(scratch, { recursive: true }) // the engine creates it too late: the parent may be removed while it is empty
    const instance = await DuckDBInstance.create(":memory:", {
      threads: String(options.threads),
      memory_limit: `${options.memoryLimitMb}MB`,
      temp_directory: scratch,
      preserve_insertion_order: "true",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      allow_community_extensions: "false",
    })
    const connection = await instance.connect()
    await connection.run("SET GLOBAL TimeZone = 'UTC'")
    await connection.run("SET GLOBAL parquet_metadata_cache = true")
    connection.closeSync()
    return instance
  } catch (cause) {
    throw toEngineError("the engine does not start", cause)
  }
}

const progressSettings =
  "SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0"

/** Registers a connection in use with the engine's thread scheduling. */
type RegisterCaller = (native: DuckDBConnection) => Promise<void>

async function withNewConnection<T>(
  source: { readonly instance: () => Promise<DuckDBInstance>; readonly register: RegisterCaller },
  { signal, progress }: SessionOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw createInterruptedError()
  const native = await (await source.instance()).connect()
  const interrupt = () => native.interrupt()
  signal?.addEventListener("abort", interrupt)
  try {
    await source.register(native)
    if (progress === true) await native.run(progressSettings)
    return await work(toConnection(native, signal))
  } catch (cause) {
    throw signal?.aborted ? createInterruptedError(cause) : cause
  } finally {
    signal?.removeEventListener("abort", interrupt)
    native.closeSync()
  }
}

function toConnection(native: DuckDBConnection, signal: AbortSignal | undefined): Connection {
  const throwIfAborted = () => {
    if (signal?.aborted) throw createInterruptedError()
  }
  return {
    native,
    run: async (sql) => {
      throwIfAborted()
      await native.run(sql)
    },
    rows: async (sql) => {
      throwIfAborted()
      return (await native.run(sql)).getRowObjectsJson()
    },
    progress: () => Math.min(1, Math.max(0, native.progress.percentage / 100)),
  }
}

/**
 * Sets the number of engine threads, callers included. A caller spins while a thread of the engine
 * completes its work, which takes a processor from the other callers: with as many callers as processors
 * the engine needs no further threads.
 */
function createThreadSharing(
  threads: number,
): <T>(work: (register: RegisterCaller) => Promise<T>) => Promise<T> {
  let callers = 0
  let currentThreads = 1 // the engine's default is one caller
  const join: RegisterCaller = async (native) => {
    const threadCount = Math.min(callers, threads)
    if (threadCount === currentThreads) return
    currentThreads = threadCount
    await native.run(`SET GLOBAL external_threads = ${threadCount}`)
  }
  return async (work) => {
    callers += 1
    try {
      return await work(join)
    } finally {
      callers -= 1
    }
  }
}
