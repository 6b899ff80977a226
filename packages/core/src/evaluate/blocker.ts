import type { SourceAsset } from "../declare/declaration.ts"
import { formatLandingPath } from "../declare/landing-path.ts"

/** The reason why a partition cannot be materialized: files that have not landed, or an unusable upstream. */
export interface Blocker {
  readonly kind: "missing_files" | "unusable"
  /** A noun phrase: `raw/2026-01-02.json (raw)`, `failed checks of likes 2026-01-09`. */
  readonly text: string
}

/** Formats a blocker: `waits for raw/2026-01-02.json (raw)`, `blocked by failed checks of likes 2026-01-09`. */
export function formatBlocker({ kind, text }: Blocker): string {
  return kind === "missing_files" ? `waits for ${text}` : `blocked by ${text}`
}

/** Joins the blockers of one partition: all files that have not landed, or the first unusable upstream. */
export function joinBlockers(blockers: readonly Blocker[]): Blocker | undefined {
  const unusable = blockers.find(({ kind }) => kind === "unusable")
  if (unusable !== undefined || blockers.length === 0) return unusable
  const texts = new Set(blockers.map(({ text }) => text))
  return { kind: "missing_files", text: [...texts].join(", ") }
}

/** The number of files of a source that are written out. */
const maxListedFiles = 5

/** Names files of a source that have not landed; without partitions, the path of its files. */
export function createMissingFilesBlocker(
  { name, path, partitions }: SourceAsset,
  indexes: readonly number[],
): Blocker {
  const paths = indexes
    .slice(0, maxListedFiles)
    .map((index) => formatLandingPath(path, partitions, index))
  const omittedCount = indexes.length - paths.length
  const files = indexes.length === 0 ? path : paths.join(", ")
  const more = omittedCount > 0 ? ` and ${omittedCount.toLocaleString("en-US")} more` : ""
  return { kind: "missing_files", text: `${files}${more} (${name})` }
}
