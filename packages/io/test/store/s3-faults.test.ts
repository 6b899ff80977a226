import { randomBytes, randomUUID } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"
import { waitUntil } from "@freshet/embedded-postgres/testing"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"

import type { LandingZone } from "../../src/landing/landing-zone.ts"
import { openS3Landing } from "../../src/landing/s3-landing.ts"
import type { S3Settings } from "../../src/store/s3-client.ts"
import { openS3Store } from "../../src/store/s3-store.ts"
import type { CommittedFile, Store } from "../../src/store/store.ts"
import { type FaultyS3, openFaultyS3, type S3Call, type S3Fault } from "./faulty-s3.ts"
import {
  createBucket,
  getS3Environment,
  isS3ServerInstalled,
  type S3Server,
  startS3Server,
} from "./s3-server.ts"

const bucket = "freshet-faults"
const small = Buffer.from("rows of a partition\n".repeat(50))
const large = randomBytes(17_000_000) // three parts
const [key, largeKey] = ["a/small.bin", "a/large.bin"]

/** A store with a small and a large file, and the same objects as a landing zone. */
interface Fixture {
  readonly store: Store
  readonly zone: LandingZone
  /** A store and a landing zone of another machine, without faults. */
  readonly openIntact: () => { readonly store: Store; readonly zone: LandingZone }
  readonly put: (key: string, bytes: Uint8Array) => Promise<CommittedFile>
}

/** A use of the store, whose result says whether it is right. */
interface Operation {
  readonly calls: readonly S3Call[]
  readonly run: (fixture: Fixture) => Promise<boolean>
  /** Tests the store after the operation failed, or succeeded, and the faults ended. */
  readonly check?: (fixture: Fixture, hasSucceeded: boolean) => Promise<boolean>
  /** The faults after which a repetition cannot be right, since the protocol has no checksum for this answer. */
  readonly excluded?: readonly S3Fault[]
}

const readLocal = async (store: Store, fileKey: string) =>
  readFileSync(await store.localPath(fileKey))

async function isCommitted({ openIntact }: Fixture, fileKey: string, bytes: Buffer) {
  const { store } = openIntact()
  return (await store.exists(fileKey)) ? (await readLocal(store, fileKey)).equals(bytes) : undefined
}

const checkCommit =
  (fileKey: string, bytes: Buffer) =>
  async (fixture: Fixture, hasSucceeded: boolean): Promise<boolean> => {
    const isRight = await isCommitted(fixture, fileKey, bytes)
    return isRight === true || (!hasSucceeded && isRight === undefined)
  }

async function readAll(store: Store): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of store.read(key)) parts.push(part)
  return Buffer.concat(parts)
}

async function listKeys(store: Store): Promise<readonly string[]> {
  const keys: string[] = []
  for await (const page of store.list()) keys.push(...page.map((file) => file.key))
  return keys
}

const operations: Readonly<Record<string, Operation>> = {
  "commit of a file": {
    calls: ["put"],
    run: async ({ put }) => (await put("a/new.bin", small)).bytes === small.length,
    check: checkCommit("a/new.bin", small),
    excluded: ["truncated"], // the answer has no body
  },
  "commit of a file in parts": {
    calls: ["create_upload", "upload_part", "complete_upload"],
    run: async ({ put }) => (await put("a/new.bin", large)).bytes === large.length,
    check: checkCommit("a/new.bin", large),
  },
  "copy of a file": {
    calls: ["head", "get"],
    run: async ({ store }) => (await readLocal(store, key)).equals(small),
  },
  "copy of a file in parts": {
    calls: ["get"],
    run: async ({ store }) => (await readLocal(store, largeKey)).equals(large),
  },
  "measure of a file": {
    calls: ["head", "get"],
    run: async ({ store, openIntact }) =>
      (await store.measure(key))?.checksum === (await openIntact().store.measure(key))?.checksum,
  },
  "read of a file": {
    calls: ["get"],
    run: async ({ store }) => (await readAll(store)).equals(small),
  },
  "identity of a file": {
    calls: ["head"],
    run: async ({ store, openIntact }) =>
      (await store.identify(key)) === (await openIntact().store.identify(key)),
  },
  "list of files": {
    calls: ["list"],
    run: async ({ store }) => (await listKeys(store)).join() === key,
    excluded: ["corrupt"],
  },
  "removal of files": {
    calls: ["delete"],
    run: async ({ store }) => store.remove([key]).then(() => true),
    check: async ({ openIntact }, hasSucceeded) =>
      !hasSucceeded || !(await openIntact().store.exists(key)),
  },
  "claim of a store": {
    calls: ["put", "get"],
    run: async ({ store }) => (await store.claim("me")) === "me",
    check: async ({ openIntact }, hasSucceeded) =>
      (hasSucceeded ? ["me"] : [undefined, "me"]).includes(await openIntact().store.owner()),
    excluded: ["corrupt", "truncated"],
  },
  "sweep of abandoned uploads": {
    calls: ["list_uploads"],
    run: async ({ store }) => (await store.removeTemp()).files === 0,
    excluded: ["corrupt"],
  },
  "list of the landing zone": {
    calls: ["list"],
    run: async ({ zone }) => {
      const listing = (await zone.openListing(["a"]))?.("a")
      return listing?.kind === "listed" && listing.entries.length === 1
    },
    excluded: ["corrupt"],
  },
  "download of a landed file": {
    calls: ["head", "get"],
    run: async ({ zone, openIntact }) => {
      const listing = (await openIntact().zone.openListing(["a"]))?.("a")
      const entry = listing?.kind === "listed" ? listing.entries[0] : undefined
      if (entry?.kind !== "file") throw new TypeError("no file has landed")
      const { path, bytes, hash } = await zone.identify(entry.file)
      return readFileSync(await zone.localPath({ path, bytes, hash })).equals(small)
    },
  },
}

const faults: readonly S3Fault[] = [
  "error_500",
  "slow_down",
  "reset",
  "lost_answer",
  "truncated",
  "stall",
  "trickle",
  "corrupt",
]

/** Faults of these calls leave no body to cut or to change. */
const withoutBody: readonly S3Call[] = ["head"]

const cases = Object.entries(operations).flatMap(([name, { calls, excluded = [] }]) =>
  calls.flatMap((call) =>
    faults
      .filter((fault) => !excluded.includes(fault))
      .filter((fault) => !withoutBody.includes(call) || !/truncated|corrupt|trickle/.test(fault))
      .map((fault) => [name, call, fault] as const),
  ),
)

/** The one call that is conditional. */
const conflict = ["claim of a store", "put", "conflict"] as const

describe.skipIf(!isS3ServerInstalled())("R5: faults of S3 (skipped without versitygw)", () => {
  const folder = mkdtempSync(join(tmpdir(), "freshet-s3-"))
  let server: S3Server
  let faulty: FaultyS3

  beforeAll(async () => {
    server = await startS3Server(folder)
    faulty = await openFaultyS3(server.endpoint)
    for (const [name, value] of Object.entries(getS3Environment(faulty))) vi.stubEnv(name, value)
    await createBucket(server, bucket)
  })

  afterAll(async () => {
    await faulty.close()
    await server.stop()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  const open = (url: string, limits: Partial<S3Settings> = {}) => {
    const options = {
      cacheFolder: mkdtempSync(join(folder, "cache-")),
      maxCacheBytes: 1e9,
      region: "us-east-1",
      usesPathStyle: true,
      ...limits,
    }
    return { store: openS3Store(url, options), zone: openS3Landing(url, options) }
  }

  const put = (store: Store) => async (fileKey: string, bytes: Uint8Array) => {
    const path = await store.tempPath(".bin")
    writeFileSync(path, bytes)
    return store.commit(path, fileKey)
  }

  const createFixture = async (prefix: string, isLarge: boolean): Promise<Fixture> => {
    const url = `s3://${bucket}/${prefix}`
    const { store: writer } = open(url)
    await put(writer)(key, small)
    if (isLarge) await put(writer)(largeKey, large)
    const machine = open(url, { idleTimeoutMs: 1_500, maxAttempts: 2 })
    return { ...machine, put: put(machine.store), openIntact: () => open(url) }
  }

  /** Runs an operation with faults; the outcome is `right`, `one sentence`, or what is wrong. */
  const runWithFault = async (
    [name, call, fault]: readonly [name: string, call: S3Call, fault: S3Fault],
    times: number,
  ): Promise<{ readonly outcome: string; readonly taken: number }> => {
    const prefix = randomUUID()
    const operation = operations[name]
    if (operation === undefined) throw new TypeError(name)
    const fixture = await createFixture(prefix, name === "copy of a file in parts")
    const injection = { text: prefix, call, fault, times, taken: 0 }
    faulty.inject(injection)
    const outcome = await operation
      .run(fixture)
      .then((isRight) => (isRight ? "right" : "a wrong result"), describeError)
    faulty.heal(prefix)
    const isConsistent = (await operation.check?.(fixture, outcome === "right")) ?? true
    return { outcome: isConsistent ? outcome : "a wrong store", taken: injection.taken }
  }

  test.concurrent.each([...cases, conflict])(
    "%s: one %s with %s ends right",
    async (...testCase) => {
      const [, call, fault] = testCase
      const { outcome, taken } = await runWithFault(testCase, 1)
      expect(taken).toBe(1)
      const isRepeatable = call === "get" || !/truncated|corrupt/.test(fault)
      // otherwise the server refuses the request, or its answer cannot be read
      expect(isRepeatable ? ["right"] : ["right", "one sentence"]).toContain(outcome)
    },
  )

  const stalled = Object.entries(operations).map(
    ([name, { calls }]) => [name, calls[0] ?? "get"] as const,
  )

  test.concurrent.each(stalled)("%s: a signal ends a %s that has no answer", async (name, call) => {
    const prefix = randomUUID()
    const { openIntact } = await createFixture(prefix, name === "copy of a file in parts")
    const abort = new AbortController()
    const options = { signal: abort.signal, idleTimeoutMs: 1e9 }
    const { store, zone } = open(`s3://${bucket}/${prefix}`, options)
    const injection = { text: prefix, call, fault: "stall", times: Infinity, taken: 0 } as const
    faulty.inject(injection)
    const fixture = { store, zone, openIntact, put: put(store) }
    const outcome = operations[name]?.run(fixture).catch((error: unknown) => error)
    await waitUntil(() => injection.taken > 0)
    abort.abort()
    expect(await outcome).toMatchObject({ code: "interrupted" })
    faulty.heal(prefix)
  })

  test.concurrent.each([...cases, conflict])(
    "%s: every %s with %s ends in one sentence",
    async (...testCase) => {
      const { outcome, taken } = await runWithFault(testCase, Infinity)
      expect(taken).toBeGreaterThan(0)
      expect(["right", "one sentence"]).toContain(outcome)
    },
  )
})

/** Describes an error by its kind; other errors than those of the store are texts of their own. */
function describeError(error: unknown): string {
  if (error instanceof FreshetError && error.code === "store" && !error.message.includes("\n"))
    return "one sentence"
  return String(error)
}
