import type { SourceAsset } from "@freshet/core"
import type { LandedFile } from "@freshet/core/engine"

import { pickRecords } from "./csv-file.ts"
import { type Line, pickLines, scanLines } from "./line-scan.ts"
import { formatLineText } from "./quarantine.ts"
import type { LandingContext } from "./read-landed-files.ts"
import { withUnpackedFile } from "./unpacked-file.ts"

/** Lines of one landed file by their places among the lines that are not blank (CSV: records without the header), from 0. */
export interface LandedLinesRequest {
  readonly source: SourceAsset
  readonly file: LandedFile
  /** Ascending. */
  readonly ordinals: readonly number[]
}

/** A line of a landed file. */
export interface LandedLine {
  readonly ordinal: number
  /** From 1, blank lines included; the first line of a record of several. */
  readonly line: number
  /** UTF-8, with invalid bytes as \xNN. Truncated after 4 KB. */
  readonly text: string
  /** The length of the line if the text is truncated. */
  readonly bytes?: number
}

/** Reads lines of a landed file as they are. */
export async function readLandedLines(
  { source, file, ordinals }: LandedLinesRequest,
  { localPath, scratchFolder }: Pick<LandingContext, "localPath" | "scratchFolder">,
): Promise<readonly LandedLine[]> {
  return await withUnpackedFile(file, await localPath(file), scratchFolder, async (path) => {
    const batches =
      source.format.kind === "csv"
        ? pickRecords({ path, source }, ordinals)
        : pickLines(path, await scanLines(path), ordinals)
    const lines: Line[] = []
    for await (const batch of batches) lines.push(...batch)
    return lines.map(({ ordinal, line, bytes }) => ({ ordinal, line, ...formatLineText(bytes) }))
  })
}
