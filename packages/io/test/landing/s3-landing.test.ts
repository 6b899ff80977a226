import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

import { type SourceAsset, text } from "@freshet/core"
import type { LandedFile } from "@freshet/core/engine"
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"

import { openFolderLanding } from "../../src/landing/folder-landing.ts"
import type { HashedFile } from "../../src/landing/hashed-file.ts"
import type { LandingZone } from "../../src/landing/landing-zone.ts"
import { observeLanding } from "../../src/landing/observe-landing.ts"
import { openS3Landing } from "../../src/landing/s3-landing.ts"
import {
  createBucket,
  getS3Environment,
  isS3ServerInstalled,
  putObject,
  type S3Server,
  type ServerPlace,
  startS3Server,
} from "../store/s3-server.ts"
import { dailySource, withLandingZone } from "./landing-zone.ts"

const bucket = "freshet-landing"
const later = Date.now() + 3_600_000

describe.skipIf(!isS3ServerInstalled())("a landing zone in S3 (skipped without versitygw)", () => {
  const folder = mkdtempSync(join(tmpdir(), "freshet-s3-"))
  let server: S3Server
  let place: ServerPlace
  let zone: LandingZone
  let cacheFolder: string
  let count = 0

  beforeAll(async () => {
    server = await startS3Server(folder)
    for (const [name, value] of Object.entries(getS3Environment(server))) vi.stubEnv(name, value)
    await createBucket(server, bucket)
  })

  beforeEach(() => {
    place = { server, bucket, prefix: `zone-${(count += 1)}/` }
    cacheFolder = mkdtempSync(join(folder, "cache-"))
    zone = openZone(`s3://${bucket}/${place.prefix}`)
  })

  afterAll(async () => {
    await server.stop()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  const openZone = (url: string) =>
    openS3Landing(url, {
      cacheFolder,
      maxCacheBytes: 1e9,
      region: "us-east-1",
      usesPathStyle: true,
    })

  const observe = (
    sources: readonly SourceAsset[] = [dailySource("likes")],
    hashedFiles: ReadonlyMap<string, HashedFile> = new Map(),
    observedZone = zone,
  ) => observeLanding({ sources, zone: observedZone, hashedFiles, nowMs: later })

  const findFile = async (): Promise<LandedFile> => {
    const { landing } = await observe()
    const [file] = [...(landing.get("likes")?.values() ?? [])].flatMap(({ files }) => files)
    if (file === undefined) throw new Error("no file has landed")
    return file
  }

  test("has the partitions, files and problems of a folder with the same files", async () => {
    const sources = [
      dailySource("likes"),
      dailySource("parts", { path: "parts/{partition}/*.json" }),
      dailySource("prices", {
        path: "prices/{partition}.csv",
        format: { kind: "csv" },
        columns: { name: text(), price: text() },
      }),
    ]
    const files = {
      "likes/2026-01-04.json": "four\n",
      "likes/2026-01-05.json.gz": gzipSync("five\n"),
      "likes/2026-01-06.json": "six\n",
      "likes/2026-01-06.json.gz": gzipSync("six\n"),
      "likes/_tmp.json": "x",
      "likes/yesterday.json": "x",
      "likes/2026-01-07.json/a.json": "a\n",
      "likes/2026-01-07.json/b.json": "b\n",
      "parts/2026-01-05/1.json": "1\n",
      "parts/2026-01-05/2.json": "2\n",
      "prices/2026-01-05.csv": "name,cost\npen,1\n",
      "other/x.json": "x",
    }
    await withLandingZone(files, async (root) => {
      for (const [path, content] of Object.entries(files)) await putObject(place, path, content)
      const inFolder = await observe(sources, new Map(), openFolderLanding(root))
      const inS3 = await observe(sources)
      expect(inS3.problems).toEqual(inFolder.problems)
      expect(inS3.problems.map(({ kind }) => kind).toSorted()).toEqual([
        "landing_header",
        "landing_name",
        "landing_twice",
      ])
      const listFiles = ({ landing }: typeof inS3) =>
        [...landing].map(([source, partitions]) => [
          source,
          [...partitions].map(([partition, { files: landed }]) => [
            partition,
            landed.map(({ path, bytes }) => `${path} ${bytes}`),
          ]),
        ])
      expect(listFiles(inS3)).toEqual(listFiles(inFolder))
    })
  })

  test("is observed without a download: other bytes have another version, and the same ones the same", async () => {
    await putObject(place, "likes/2026-01-05.json", "five\n")
    const first = await findFile()
    await putObject(place, "likes/2026-01-05.json", "five\n")
    expect(await findFile()).toEqual(first)
    await putObject(place, "likes/2026-01-05.json", "FIVE\n")
    const second = await findFile()
    expect(second).toMatchObject({ path: first.path, bytes: first.bytes })
    expect(second.hash).not.toBe(first.hash)
    expect(existsSync(join(cacheFolder, "copies"))).toBe(false)
  })

  test("provides the bytes that were observed, also in parts and after they were overwritten", async () => {
    const bytes = Buffer.alloc(20_000_001, "line\n")
    await putObject(place, "likes/2026-01-05.json", bytes)
    const file = await findFile()
    const path = await zone.localPath(file)
    expect(readFileSync(path).equals(bytes)).toBe(true)
    await putObject(place, "likes/2026-01-05.json", "other")
    expect(await zone.localPath(file)).toBe(path)
    expect(await zone.isUnchanged(file)).toBe(false)
    expect(await zone.isUnchanged(await findFile())).toBe(true)
  })

  test("fails when a file is overwritten or removed between observation and download", async () => {
    await putObject(place, "likes/2026-01-05.json", "five\n")
    const file = await findFile()
    const fault = {
      code: "input",
      message: "the landed file likes/2026-01-05.json changed while the run went on",
    }
    await putObject(place, "likes/2026-01-05.json", "FIVE\n")
    await expect(zone.localPath(file)).rejects.toMatchObject(fault)
    const removed = { ...file, path: "likes/2026-01-06.json" }
    await expect(zone.localPath(removed)).rejects.toMatchObject({ code: "input" })
  })

  test("reads no header again of a file that was observed before", async () => {
    const source = dailySource("likes", { format: { kind: "csv" } })
    await putObject(place, "likes/2026-01-05.json", "user\n1\n")
    const first = await observe([source])
    const hashedFile = first.hashChanges.addedFiles.get("likes/2026-01-05.json")
    expect(hashedFile).toMatchObject({ header: "user" })
    const second = await observe([source], first.hashChanges.addedFiles)
    expect(second.hashChanges).toEqual({ addedFiles: new Map(), removedPaths: [] })
    expect(second.problems).toEqual(first.problems)
  })

  test("whose bucket does not exist is missing; one that cannot be reached is an error", async () => {
    const missing = await observe(undefined, undefined, openZone("s3://freshet-missing/zone"))
    expect(missing.problems).toEqual([
      {
        kind: "landing_missing",
        message: "There is no landing zone at s3://freshet-missing/zone.",
        hint: "Create the bucket, or set FRESHET_LANDING to the place where files are landed.",
      },
    ])
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
    try {
      await expect(
        observe(undefined, undefined, openZone(`s3://${bucket}/x`)),
      ).rejects.toMatchObject({
        code: "store",
        message: `the landing zone cannot be read: s3://${bucket}/x (SignatureDoesNotMatch)`,
        hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      })
    } finally {
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", getS3Environment(server).AWS_SECRET_ACCESS_KEY)
    }
  })

  test("finds files by listing all pages", async () => {
    await Promise.all(
      Array.from({ length: 1_050 }, (_, at) =>
        putObject(place, `parts/2026-01-05/${at}.json`, "1\n"),
      ),
    )
    const source = dailySource("parts", { path: "parts/{partition}/*.json" })
    const { landing } = await observe([source])
    const files = [...(landing.get("parts")?.values() ?? [])].flatMap((landed) => landed.files)
    expect(files).toHaveLength(1_050)
  })
})
