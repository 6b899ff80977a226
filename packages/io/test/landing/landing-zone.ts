import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

import { daily, int32, sourceAsset, type SourceAsset } from "@freshet/core"

/** Runs `work` with a landing folder that has these files: path → content. */
export async function withLandingZone<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "freshet-landing-"))
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), content)
    }
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A daily source of the days of 2026, unless `changes` says otherwise. */
export function dailySource(name: string, overrides: Partial<SourceAsset> = {}): SourceAsset {
  const asset = sourceAsset({
    name,
    group: "test",
    description: name,
    partitions: daily({ start: "2026-01-01" }),
    columns: { user_id: int32() },
    format: { kind: "json_lines" },
    path: `${name}/{partition}.json`,
  })
  return { ...asset, ...overrides }
}
