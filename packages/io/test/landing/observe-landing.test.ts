import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { mkdirSync, statSync, truncateSync } from "node:fs"
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

import {
  daily,
  hourly,
  int32,
  text,
  type SourceAsset,
  staticKeys,
  unpartitioned,
} from "@freshet/core"
import { parseDay } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { hashContent } from "../../src/landing/content-hash.ts"
import { openFolderLanding } from "../../src/landing/folder-landing.ts"
import type { HashedFile } from "../../src/landing/hashed-file.ts"
import { observeLanding } from "../../src/landing/observe-landing.ts"
import { dailySource, withLandingZone } from "./landing-zone.ts"

const later = Date.now() + 3_600_000
const sha256 = (...parts: string[]) => createHash("sha256").update(parts.join("")).digest("hex")
const getVersion = (...contents: string[]) => sha256(...contents.map((text) => `${sha256(text)}\n`))
const day = (key: string) => parseDay(key) ?? -1

function observe(
  folder: string,
  sources: readonly SourceAsset[] = [dailySource("likes")],
  hashedFiles: ReadonlyMap<string, HashedFile> = new Map(),
) {
  const zone = openFolderLanding(folder)
  return observeLanding({ sources, zone, hashedFiles, nowMs: later })
}

test("each day's file is a partition, with the hash of its bytes", async () => {
  await withLandingZone(
    { "likes/2026-01-05.json": "five\n", "likes/2026-01-04.json": "four\n", "other/x.json": "x" },
    async (folder) => {
      const { landing, problems } = await observe(folder)
      expect(problems).toEqual([])
      expect([...(landing.get("likes") ?? [])]).toEqual([
        [
          day("2026-01-04"),
          {
            files: [{ path: "likes/2026-01-04.json", hash: sha256("four\n"), bytes: 5 }],
            version: getVersion("four\n"),
          },
        ],
        [
          day("2026-01-05"),
          {
            files: [{ path: "likes/2026-01-05.json", hash: sha256("five\n"), bytes: 5 }],
            version: getVersion("five\n"),
          },
        ],
      ])
    },
  )
})

test("a partition may be compressed, or a folder of part files in the order of their names", async () => {
  const files = {
    "likes/2026-01-04.json.gz": "zipped",
    "likes/2026-01-05.json/part-1.json.gz": "second",
    "likes/2026-01-05.json/part-0.json": "first",
    "likes/2026-01-05.json/_SUCCESS": "",
    "likes/2026-01-05.json/.part-2.json.crc": "sum",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder)
    const likes = landing.get("likes")
    expect(problems).toEqual([])
    expect(likes?.get(day("2026-01-04"))?.files[0]?.path).toBe("likes/2026-01-04.json.gz")
    expect(likes?.get(day("2026-01-05"))?.files.map(({ path }) => path)).toEqual([
      "likes/2026-01-05.json/part-0.json",
      "likes/2026-01-05.json/part-1.json.gz",
    ])
    expect(likes?.get(day("2026-01-05"))?.version).toBe(getVersion("first", "second"))
  })
})

test("a version is that of the content: not of names, nor of how it is cut into other partitions", async () => {
  const files = { "likes/2026-01-05.json": "same", "follows/2026-01-09.json/a": "same" }
  await withLandingZone(files, async (folder) => {
    const { landing } = await observe(folder, [dailySource("likes"), dailySource("follows")])
    expect(landing.get("likes")?.get(day("2026-01-05"))?.version).toBe(
      landing.get("follows")?.get(day("2026-01-09"))?.version,
    )
  })
})

test("hidden and temporary files are not there", async () => {
  const files = {
    "likes/.2026-01-01.json": "",
    "likes/_2026-01-02.json": "",
    "likes/2026-01-03.json.tmp": "",
    "likes/2026-01-04.json.gz.part": "",
    "likes/2026-01-05.json/.hidden": "",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder)
    expect(landing.get("likes")?.size).toBe(0)
    expect(problems).toEqual([])
  })
})

test("names that are no day of the source are one warning, and are not read", async () => {
  const files = {
    "likes/2026-02-30.json": "",
    "likes/notes.txt": "",
    "likes/2025-12-31.json": "",
    "likes/2026-01-05.json": "ok",
    "likes/2026-01-06.json/deeper/part-0": "",
    "likes/2026-01-07/part-0": "",
    "likes/2026-01-08.json.gz/part-0": "",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder)
    expect([...(landing.get("likes") ?? [])].map(([partition]) => partition)).toEqual([
      day("2026-01-05"),
    ])
    expect(problems.map(({ kind, asset, message }) => `${kind} ${asset}: ${message}`)).toEqual([
      "landing_name likes: 2026-01-06.json/deeper in likes is not read: a folder of part files holds files only.",
      "landing_name likes: 2025-12-31.json in likes is not read: `likes` has no such day.",
      "landing_name likes: 2026-01-07, 2026-01-08.json.gz, 2026-02-30.json, notes.txt in likes are not read: the name is no day.",
    ])
    expect(problems[0]?.hint).toBe("Files of `likes` are named like likes/2026-01-01.json.")
  })
})

test("keys of a set are file names as they are, or written as in a URL where they cannot be", async () => {
  const keys = ["us/east", "50%", "a%2Cb", "a,b", "..", "é", "US", "us"]
  const likes = dailySource("likes", { partitions: staticKeys(keys) })
  const names = ["us%2Feast", "50%", "a%2Cb", "a,b", "%2E%2E", "%C3%A9", "US", "us", "%E9", "100%"]
  const files = Object.fromEntries(names.map((name) => [`likes/${name}.json`, name]))
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder, [likes])
    const landed = [...(landing.get("likes") ?? [])].toSorted(([a], [b]) => a - b)
    expect(
      landed.map(
        ([
          at,
          {
            files: [file],
          },
        ]) => [keys[at], file?.path],
      ),
    ).toEqual(keys.map((key, at) => [key, `likes/${names[at]}.json`]))
    expect(problems.map(({ message, hint }) => `${message} ${hint}`)).toEqual([
      "%E9.json, 100%.json in likes are not read: the name is no key of it. Files of `likes` are named like likes/us%2Feast.json.",
    ])
  })
})

test("a thousand wrong names are still one short warning", async () => {
  await withLandingZone({ "likes/a": "" }, async (folder) => {
    for (let index = 0; index < 1_000; index += 1)
      writeFileSync(join(folder, "likes", `x${index}.json`), "")
    const { problems } = await observe(folder)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toMatch(/^a, x0\.json, .* and 996 more in likes are not read/)
  })
})

test("a day that is there plain and compressed is a problem of that day alone", async () => {
  const files = {
    "likes/2026-01-05.json": "plain",
    "likes/2026-01-05.json.gz": "zipped",
    "likes/2026-01-06.json": "six",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder)
    expect(landing.get("likes")?.get(day("2026-01-05"))).toMatchObject({
      files: [],
      problem: "2026-01-05.json, 2026-01-05.json.gz in likes are the same partition",
    })
    expect(landing.get("likes")?.get(day("2026-01-06"))).toMatchObject({
      version: getVersion("six"),
    })
    expect(problems).toEqual([
      {
        kind: "landing_twice",
        asset: "likes",
        message: "2026-01-05.json, 2026-01-05.json.gz in likes are the same partition.",
        hint: "Keep one of them.",
      },
    ])
  })
})

test("sources may share a folder, be nested, or have no partitions", async () => {
  const sources = [
    dailySource("likes", { path: "in/likes-{partition}.json" }),
    dailySource("follows", { path: "in/follows-{partition}.json" }),
    dailySource("deeper", { path: "in/deeper/folder/{partition}.json" }),
    dailySource("links", { path: "links.csv", partitions: unpartitioned }),
    dailySource("old", {
      path: "old/{partition}.json",
      partitions: daily({ start: "2020-01-01", end: "2020-12-31" }),
    }),
  ]
  const files = {
    "in/likes-2026-01-05.json": "",
    "in/follows-2026-01-06.json": "",
    "in/deeper/folder/2026-01-07.json": "",
    "links.csv.gz": "",
    "old/2020-12-31.json": "",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder, sources)
    expect(problems).toEqual([])
    expect([...landing].map(([name, partitions]) => [name, [...partitions.keys()]])).toEqual([
      ["likes", [day("2026-01-05")]],
      ["follows", [day("2026-01-06")]],
      ["deeper", [day("2026-01-07")]],
      ["links", [0]],
      ["old", [day("2020-12-31")]],
    ])
  })
})

test("a missing landing zone is one problem; a source without files is not a problem", async () => {
  await withLandingZone({}, async (folder) => {
    const none = await observe(folder)
    expect(none.problems).toEqual([])
    expect(none.landing.get("likes")?.size).toBe(0)
    const hashedFiles = new Map([["likes/a", { bytes: 1, identity: "1", hash: "a" }]])
    const missing = await observe(join(folder, "nowhere"), [dailySource("likes")], hashedFiles)
    expect(missing.problems).toMatchObject([{ kind: "landing_missing" }])
    expect(missing.landing.get("likes")?.size).toBe(0)
    expect(missing.hashChanges.removedPaths).toEqual([])
  })
})

test("a file that is remembered as it is now is not read again", async () => {
  await withLandingZone({ "likes/2026-01-05.json": "five" }, async (folder) => {
    const first = await observe(folder)
    const addedFiles = first.hashChanges.addedFiles.get("likes/2026-01-05.json")
    expect(addedFiles?.hash).toBe(sha256("five"))
    const invented = new Map([["likes/2026-01-05.json", { ...addedFiles!, hash: "invented" }]])
    const second = await observe(folder, [dailySource("likes")], invented)
    expect(second.landing.get("likes")?.get(day("2026-01-05"))?.files[0]?.hash).toBe("invented")
    expect(second.hashChanges.addedFiles.size).toBe(0)
  })
})

test("a changed file is read again, even if its size and modification time are the same", async () => {
  const path = "likes/2026-01-05.json"
  await withLandingZone({ [path]: "old rows" }, async (folder) => {
    const { hashChanges } = await observe(folder)
    const { atime, mtime } = statSync(join(folder, path))
    writeFileSync(join(folder, ".new"), "new rows")
    utimesSync(join(folder, ".new"), atime, mtime)
    renameSync(join(folder, ".new"), join(folder, path))
    const { landing } = await observe(folder, [dailySource("likes")], hashChanges.addedFiles)
    expect(landing.get("likes")?.get(day("2026-01-05"))?.files[0]?.hash).toBe(sha256("new rows"))
  })
})

test("the hash of a file is not remembered while its times are too young to prove it", async () => {
  await withLandingZone({ "likes/2026-01-05.json": "five" }, async (folder) => {
    const zone = openFolderLanding(folder)
    const options = { sources: [dailySource("likes")], zone, hashedFiles: new Map() }
    const nowMs = Math.ceil(statSync(join(folder, "likes/2026-01-05.json")).ctimeMs)
    const young = await observeLanding({ ...options, nowMs })
    expect(young.landing.get("likes")?.size).toBe(1)
    expect(young.hashChanges.addedFiles.size).toBe(0)
  })
})

test("hashes of removed files are removed", async () => {
  const files = { "likes/2026-01-05.json": "five", "likes/2026-01-06.json": "six" }
  await withLandingZone(files, async (folder) => {
    const { hashChanges } = await observe(folder)
    rmSync(join(folder, "likes/2026-01-05.json"))
    const second = await observe(folder, [dailySource("likes")], hashChanges.addedFiles)
    expect(second.hashChanges.removedPaths).toEqual(["likes/2026-01-05.json"])
  })
})

test("links are followed; a file that cannot be read is a problem of its partition alone", async () => {
  await withLandingZone(
    { "elsewhere/a": "linked", "likes/2026-01-01.json": "", "likes/2026-01-09.json/part-0": "" },
    async (folder) => {
      const link = (to: string, name: string) => symlinkSync(join(folder, to), join(folder, name))
      link("elsewhere/a", "likes/2026-01-05.json")
      link("nowhere", "likes/2026-01-06.json")
      execFileSync("mkfifo", [join(folder, "likes/2026-01-07.json")])
      link("likes/2026-01-08.json", "likes/2026-01-08.json")
      link("nowhere", "likes/2026-01-09.json/part-1")
      const { landing, problems } = await observe(folder)
      const partitions = [...(landing.get("likes") ?? [])].toSorted(([a], [b]) => a - b)
      expect(
        partitions.map(([index, { problem }]) => [index - day("2026-01-01"), problem]),
      ).toEqual([
        [0, undefined],
        [4, undefined],
        [5, "likes/2026-01-06.json is a link that leads nowhere"],
        [6, "likes/2026-01-07.json is neither a file nor a folder"],
        [7, "likes/2026-01-08.json is a link that leads back to itself"],
        [8, "likes/2026-01-09.json/part-1 is a link that leads nowhere"],
      ])
      expect(landing.get("likes")?.get(day("2026-01-05"))?.files[0]?.hash).toBe(sha256("linked"))
      expect(problems.map(({ kind }) => kind)).toEqual(Array(4).fill("landing_unreadable"))
      expect(problems[0]).toMatchObject({
        asset: "likes",
        message: "likes/2026-01-06.json is a link that leads nowhere.",
      })
    },
  )
})

test("a folder that cannot be listed blocks the partitions that it had", async () => {
  await withLandingZone(
    { "likes/2026-01-05.json": "five", "other/2026-01-05.json": "five" },
    async (folder) => {
      const sources = [dailySource("likes"), dailySource("other")]
      const { hashChanges } = await observe(folder, sources)
      rmSync(join(folder, "likes"), { recursive: true })
      writeFileSync(join(folder, "likes"), "a file in place of the folder")
      for (let look = 0; look < 2; look += 1) {
        const second = await observe(folder, sources, hashChanges.addedFiles)
        expect(second.landing.get("likes")?.get(day("2026-01-05"))?.problem).toBe(
          "likes/2026-01-05.json lies in likes, which is not a folder",
        )
        expect(second.landing.get("other")?.get(day("2026-01-05"))?.problem).toBeUndefined()
        expect(second.problems[0]?.message).toBe(
          "likes/2026-01-05.json lies in likes, which is not a folder.",
        )
        expect(second.hashChanges.removedPaths).toEqual([])
      }
    },
  )
})

test("a source of one file in a folder that cannot be listed is blocked", async () => {
  await withLandingZone({ likes: "a file in place of the folder" }, async (folder) => {
    const likes = dailySource("likes", { partitions: unpartitioned, path: "likes/all.json" })
    const { landing, problems } = await observe(folder, [likes])
    expect(landing.get("likes")?.get(0)?.problem).toBe(
      "likes/all.json lies in likes, which is not a folder",
    )
    expect(problems).toHaveLength(2)
  })
})

test("a file that begins like a temporary one and is named like a partition is reported", async () => {
  const likes = dailySource("likes", { partitions: staticKeys(["_east", ".west", "north"]) })
  const files = {
    "likes/_east.json": "east",
    "likes/.west.json": "west",
    "likes/%5Feast.json": "east",
    "likes/north.json": "north",
    "likes/.south.json": "south",
    "likes/north.json.part": "",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder, [likes])
    expect(new Set(landing.get("likes")?.keys())).toEqual(new Set([0, 2]))
    expect(problems).toEqual([
      {
        kind: "landing_name",
        asset: "likes",
        message:
          ".west.json, _east.json in likes are not read: such a name is of a file that is still being written.",
        hint: "Write the first character as in a URL: %5F for an underscore, %2E for a dot.",
      },
    ])
  })
})

test.each([
  ["{partition}/likes.json", { "_east/likes.json": "", "north/likes.json": "", "_tmp/x": "" }],
  ["{partition}-*.json", { "_east-1.json": "", "north-1.json": "", _SUCCESS: "" }],
  ["{partition}.json", { "_east.json/part-0.json": "", "north.json": "" }],
])("a key that begins like a temporary name is reported in the path %s", async (path, names) => {
  const partitions = staticKeys(["_east", "north"])
  const likes = dailySource("likes", { partitions, path: `likes/${path}` })
  const files = Object.entries(names).map(([name, content]) => [`likes/${name}`, content])
  await withLandingZone(Object.fromEntries(files), async (folder) => {
    const { landing, problems } = await observe(folder, [likes])
    expect([...(landing.get("likes")?.keys() ?? [])]).toEqual([1])
    expect(problems).toMatchObject([
      { kind: "landing_name", message: expect.stringMatching(/^_east\S* in likes is not read/) },
    ])
  })
})

test("big files are hashed whole", async () => {
  const bytes = Buffer.alloc(5_000_001, "freshet")
  await withLandingZone({ "likes/2026-01-05.json": bytes }, async (folder) => {
    const { landing } = await observe(folder)
    const [file] = landing.get("likes")?.get(day("2026-01-05"))?.files ?? []
    expect(file).toMatchObject({
      hash: createHash("sha256").update(bytes).digest("hex"),
      bytes: 5_000_001,
    })
  })
})

test("two thousand unchanged files are observed without reading any", async () => {
  await withLandingZone({}, async (folder) => {
    mkdirSync(join(folder, "likes"))
    const start = day("2026-01-01")
    for (let index = 0; index < 2_000; index += 1) {
      const key = new Date((start + index) * 86_400_000).toISOString().slice(0, 10)
      writeFileSync(join(folder, "likes", `${key}.json`), key)
    }
    const first = await observe(folder)
    expect(first.hashChanges.addedFiles.size).toBe(2_000)
    const invented = new Map(
      [...first.hashChanges.addedFiles].map(([path, file]) => [
        path,
        { ...file, hash: "invented" },
      ]),
    )
    const second = await observe(folder, [dailySource("likes")], invented)
    expect(second.hashChanges.addedFiles.size).toBe(0)
    const files = [...(second.landing.get("likes")?.values() ?? [])].flatMap(({ files }) => files)
    expect(files.map(({ hash }) => hash)).toEqual(Array.from({ length: 2_000 }, () => "invented"))
  })
})

test.skipIf(process.getuid?.() === 0)(
  "a file that may not be read is a problem of its partition",
  async () => {
    await withLandingZone({ "likes/2026-01-05.json": "five" }, async (folder) => {
      chmodSync(join(folder, "likes/2026-01-05.json"), 0)
      const { landing } = await observe(folder)
      expect(landing.get("likes")?.get(day("2026-01-05"))?.problem).toBe(
        "likes/2026-01-05.json may not be read by this user",
      )
    })
  },
)

test("a file that is replaced during reading has its final content", async () => {
  await withLandingZone({ big: "" }, async (folder) => {
    truncateSync(join(folder, "big"), 50_000_000)
    writeFileSync(join(folder, "new"), "new rows")
    const reading = hashContent(folder, "big")
    await stat(join(folder, "big"))
    renameSync(join(folder, "new"), join(folder, "big"))
    expect(await reading).toMatchObject({ hash: sha256("new rows"), bytes: 8 })
  })
})

test("a file that changes all the time is an error with a hint for writers", async () => {
  await withLandingZone({ big: "" }, async (folder) => {
    truncateSync(join(folder, "big"), 30_000_000)
    const state = { isRead: false }
    const reading = hashContent(folder, "big").catch((cause: unknown) => cause)
    void reading.then(() => (state.isRead = true))
    while (!state.isRead) {
      writeFileSync(join(folder, "next"), "")
      truncateSync(join(folder, "next"), 30_000_000)
      renameSync(join(folder, "next"), join(folder, "big"))
      await new Promise((resume) => setImmediate(resume))
    }
    expect(await reading).toMatchObject({
      code: "input",
      message: expect.stringContaining("changes while it is read"),
      hint: expect.stringContaining("rename"),
    })
  })
})

test.each<[path: string, names: Readonly<Record<string, string>>, versions: readonly string[][]]>([
  [
    "likes/{yyyy}/{mm}/{dd}.json",
    { "2026/01/05.json": "five", "2026/02/01.json.gz": "first", "2026/01/06.json/part": "six" },
    [["five"], ["six"], ["first"]],
  ],
  [
    "likes/{yyyy}{mm}{dd}_{yyyy}.json",
    { "20260105_2026.json": "five", "20260106_2025.json": "no" },
    [["five"]],
  ],
  [
    "likes/{yyyy}/{partition}.json",
    { "2026/2026-01-05.json": "five", "2025/2026-01-06.json": "no" },
    [["five"]],
  ],
  [
    "likes/{partition}*.json",
    { "2026-01-05.json": "a", "2026-01-05-b.json": "b", "2026-01-05-c.json.gz": "c" },
    [["b", "c", "a"]],
  ],
  [
    "likes/*/{partition}.json",
    { "west/2026-01-05.json": "west", "east/2026-01-05.json": "east" },
    [["east", "west"]],
  ],
])("files are found at %s", async (path, names, versions) => {
  const files = Object.fromEntries(
    Object.entries(names).map(([name, text]) => [`likes/${name}`, text]),
  )
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder, [dailySource("likes", { path })])
    const landed = [...(landing.get("likes") ?? [])].toSorted(([a], [b]) => a - b)
    expect(landed.map(([, { version }]) => version)).toEqual(
      versions.map((texts) => getVersion(...texts)),
    )
    const unread = Object.values(names).filter((text) => text === "no")
    expect(problems.map(({ message }) => /not read: the name is no day/.test(message))).toEqual(
      unread.map(() => true),
    )
  })
})

test("hours are found in folders of years, months and days", async () => {
  const hours = dailySource("likes", {
    partitions: hourly({ start: "2026-01-01T00" }),
    path: "likes/{yyyy}/{mm}/{dd}/{hh}/*.json",
  })
  const files = {
    "likes/2026/01/05/07/a.json": "a",
    "likes/2026/01/05/07/b.json": "b",
    "likes/2026/01/05/25/b.json": "no",
    "likes/2026/13/05/07/b.json": "no",
    "likes/2025/12/31/23/b.json": "no",
    "likes/notes": "no",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder, [hours])
    expect([...(landing.get("likes") ?? [])]).toMatchObject([
      [day("2026-01-05") * 24 + 7, { version: getVersion("a", "b") }],
    ])
    expect(problems.map(({ message }) => message)).toEqual([
      "b.json in likes is not read: `likes` has no such hour.",
      "b.json, b.json, notes in likes are not read: the name is no hour.",
    ])
    expect(problems[0]?.hint).toBe("Files of `likes` are named like likes/2026/01/01/00/*.json.")
  })
})

test("a file that is both plain and compressed at a path with a star blocks its partition", async () => {
  const likes = dailySource("likes", { path: "likes/{partition}*.json" })
  const files = { "likes/2026-01-05-a.json": "", "likes/2026-01-05-a.json.gz": "" }
  await withLandingZone(files, async (folder) => {
    const { landing } = await observe(folder, [likes])
    expect(landing.get("likes")?.get(day("2026-01-05"))?.problem).toBe(
      "2026-01-05-a.json, 2026-01-05-a.json.gz in likes are the same partition",
    )
  })
})

test("a header that does not fit is reported once for all files that share it, with the delimiter that would fit", async () => {
  const likes = dailySource("likes", {
    path: "likes/{partition}.csv",
    format: { kind: "csv", header: { user_id: "userId" } },
    columns: { user_id: int32(), note: text() },
  })
  const files = {
    "likes/2026-01-01.csv": "userId,note\n1,a\n",
    "likes/2026-01-02.csv": "userId;note\n1;a\n",
    "likes/2026-01-03.csv": "\uFEFFuserId;note\r\n2;b\n",
    "likes/2026-01-04.csv.gz": gzipSync(`userId,other\n${"1,a\n".repeat(100_000)}`),
    "likes/2026-01-05.csv": "",
    "likes/2026-01-06.csv": '"userId","note",note2\n',
    "likes/2026-01-07.csv": "userId;note",
  }
  await withLandingZone(files, async (folder) => {
    const first = await observe(folder, [likes])
    expect(first.problems.map(({ kind, message, hint }) => [kind, message, hint])).toEqual([
      [
        "landing_header",
        "likes/2026-01-02.csv (and 2 more files) has no column userId, note; its header says: userId;note.",
        'The delimiter ";" fits: declare it as `format.delimiter` of `likes`.',
      ],
      [
        "landing_header",
        "likes/2026-01-04.csv.gz has no column note; its header says: userId, other.",
        "Land it with the columns of `likes`, or declare other names in `format.header`.",
      ],
    ])
    const second = await observe(folder, [likes], first.hashChanges.addedFiles)
    expect(second.hashChanges.addedFiles.size).toBe(0)
    expect(second.problems).toEqual(first.problems)
    const declared = { ...likes, format: { ...likes.format, delimiter: ";" } } as const
    const third = await observe(folder, [declared], first.hashChanges.addedFiles)
    expect(third.problems.map(({ message }) => message.split(" ")[0])).toEqual([
      "likes/2026-01-01.csv",
      "likes/2026-01-04.csv.gz",
      "likes/2026-01-06.csv",
    ])
  })
})
