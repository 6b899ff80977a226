import type { SourceAsset } from "../declare/declaration.ts"
import { formatLandingPath } from "../declare/landing-path.ts"

/** The reason why a partition cannot be materialized: files that have not landed, or an unusable upstream. */
export type Blocker = MissingFiles | UnusableUpstream

interface MissingFiles {
  readonly kind: "missing_files"
  /** A noun phrase: `raw/2026-01-02.json (raw)`. */
  readonly text: string
  readonly fileCount: number
}

interface UnusableUpstream {
  readonly kind: "unusable"
  /** A noun phrase: `failed checks of likes 2026-01-09`. */
  readonly text: string
}

/** Formats a blocker: `waits for raw/2026-01-02.json (raw)`, `blocked by failed checks of likes 2026-01-09`. */
export function formatBlocker({ kind, text }: Blocker): string {
  return kind === "missing_files" ? `waits for ${text}` : `blocked by ${text}`
}

/** Formats a blocker of a partition as a sentence: `raw/2026-01-02.json (raw) has not landed`, `a 2026-01-02 is blocked by …`. */
export function describeBlocker(blocker: Blocker, place: string): string {
  if (blocker.kind === "unusable") return `${place} is blocked by ${blocker.text}`
  return `${blocker.text} ${blocker.fileCount === 1 ? "has" : "have"} not landed`
}

/** Joins the blockers of one partition: all files that have not landed, or the first unusable upstream. */
export function joinBlockers(blockers: readonly Blocker[]): Blocker | undefined {
  const unusable = blockers.find(({ kind }) => kind === "unusable")
  if (unusable !== undefined || blockers.length === 0) return unusable
  const missingFiles = blockers.filter((blocker) => blocker.kind === "missing_files")
  const fileCounts = new Map(missingFiles.map(({ text, fileCount }) => [text, fileCount]))
  return {
    kind: "missing_files",
    text: [...fileCounts.keys()].join(", "),
    fileCount: [...fileCounts.values()].reduce((sum, count) => sum + count, 0),
  }
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
  const fileCount = Math.max(1, indexes.length)
  return { kind: "missing_files", text: `${files}${more} (${name})`, fileCount }
}
