import { randomBytes, randomUUID } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"

import { openS3Store } from "../../src/store/s3-store.ts"
import type { Store } from "../../src/store/store.ts"
import {
  createBucket,
  getS3Environment,
  isS3ServerInstalled,
  s3Credentials,
  type S3Server,
  startS3Server,
} from "./s3-server.ts"
import { testStoreContract } from "./store-contract.ts"

const bucket = "freshet-test"

describe.skipIf(!isS3ServerInstalled())("a store in S3 (skipped without versitygw)", () => {
  const folder = mkdtempSync(join(tmpdir(), "freshet-s3-"))
  let server: S3Server

  beforeAll(async () => {
    server = await startS3Server(folder)
    for (const [name, value] of Object.entries(getS3Environment(server))) vi.stubEnv(name, value)
    await createBucket(server, bucket)
  })

  afterAll(async () => {
    await server.stop()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  const openStore = (url: string, maxCacheBytes = 1e9): Store =>
    openS3Store(url, {
      cacheFolder: mkdtempSync(join(folder, "cache-")),
      maxCacheBytes,
      region: "us-east-1",
      usesPathStyle: true,
    })

  const createStore = async () => openStore(`s3://${bucket}/lakes/${randomUUID()}`)

  testStoreContract("in S3", createStore)

  const put = async (store: Store, key: string, bytes: Uint8Array) => {
    const path = await store.tempPath(".bin")
    writeFileSync(path, bytes)
    return store.commit(path, key)
  }

  test("a large file is uploaded and downloaded in parts, by any process", async () => {
    const url = `s3://${bucket}/large`
    const bytes = randomBytes(45_000_001)
    const { checksum, identity } = await put(openStore(url), "a/v.bin", bytes)
    const reader = openStore(url)
    expect(readFileSync(await reader.localPath("a/v.bin")).equals(bytes)).toBe(true)
    expect(await reader.measure("a/v.bin")).toEqual({ checksum, identity })
  })

  test("a file without the checksum of its upload is damaged: it has a checksum and cannot be read", async () => {
    const store = openStore(`s3://${bucket}/damaged`)
    const { checksum } = await put(store, "a/intact.bin", Buffer.from("rows"))
    await new S3Client({ region: "us-east-1", forcePathStyle: true }).send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: "damaged/a/v.bin",
        Body: "rows",
        Metadata: { checksum: "0000000000000000", upload: "1" },
      }),
    )
    await expect(store.localPath("a/v.bin")).rejects.toMatchObject({
      code: "store",
      message: "the store has damaged bytes of a/v.bin",
    })
    const identity = await store.identify("a/v.bin")
    expect(await store.measure("a/v.bin")).toEqual({ checksum, identity })
  })

  test("two stores in one bucket see only their own files", async () => {
    const [first, second] = [await createStore(), await createStore()]
    await put(first, "a/v.bin", Buffer.from("first"))
    expect(await second.exists("a/v.bin")).toBe(false)
  })

  test("a bucket that does not exist is one sentence with a hint", async () => {
    const store = openStore("s3://freshet-missing/lake")
    await expect(store.probe()).rejects.toMatchObject({
      code: "store",
      message: "the store cannot be written: s3://freshet-missing/lake (NoSuchBucket)",
      hint: "Create the bucket, or correct the URL.",
    })
    await expect(store.exists("a/v.bin")).rejects.toMatchObject({ code: "store" })
  })

  test("wrong credentials are one sentence without the credentials", async () => {
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    try {
      const fault: unknown = await openStore(`s3://${bucket}/lake`)
        .probe()
        .catch((cause: unknown) => cause)
      expect(fault).toMatchObject({
        code: "store",
        hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      })
      expect(String(fault)).not.toContain("wrong-secret")
    } finally {
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", s3Credentials.secretAccessKey)
    }
  })

  test("copies that a process may still read are retained beyond the limit", async () => {
    const store = openStore(`s3://${bucket}/cached`, 1)
    await put(store, "a/1.bin", Buffer.from("first"))
    await put(store, "a/2.bin", Buffer.from("second"))
    const paths = [await store.localPath("a/1.bin"), await store.localPath("a/2.bin")]
    expect(paths.map((path) => readFileSync(path, "utf8"))).toEqual(["first", "second"])
    const copiesFolder = join(paths[0]!, "..")
    expect(readdirSync(copiesFolder)).toHaveLength(2)
  })
})

test.each(["s3://", "s3://a", "s3://bucket/../other", "s3://Bucket/x"])(
  "%j is not a URL of a store",
  (url) => {
    const options = { cacheFolder: tmpdir(), maxCacheBytes: 1, region: "", usesPathStyle: true }
    expect(() => openS3Store(url, options)).toThrow(/is not a URL like s3:\/\/bucket\/prefix/)
  },
)
