import type { SourceAsset } from "@freshet/core"
import { formatQuantity, type Problem } from "@freshet/core/engine"

import { findHeaderLineFault, type HeaderFault } from "../input/csv-header.ts"
import { hasHeader } from "../input/csv-syntax.ts"
import type { HashedFile } from "./hashed-file.ts"
import type { ListedPartition } from "./list-landing.ts"

interface FaultyHeader {
  readonly source: SourceAsset
  readonly fault: HeaderFault
  readonly paths: string[]
}

/** Finds the CSV files whose header does not fit their source. A header that many files share is examined once. */
export function findHeaderProblems(
  partitions: readonly ListedPartition[],
  findHashedFile: (path: string) => HashedFile | undefined,
): readonly Problem[] {
  const headers = new Map<string, FaultyHeader | undefined>()
  for (const { source, files } of partitions) {
    if (!hasHeader(source)) continue
    for (const { path } of files) {
      const line = findHashedFile(path)?.header
      if (line === undefined || line.trim() === "") continue
      const key = `${source.name}\n${line}`
      if (!headers.has(key)) headers.set(key, examineHeader(source, line))
      headers.get(key)?.paths.push(path)
    }
  }
  return [...headers.values()].flatMap((header) =>
    header === undefined ? [] : [toProblem(header)],
  )
}

function examineHeader(source: SourceAsset, line: string): FaultyHeader | undefined {
  const fault = findHeaderLineFault(source, line)
  return fault && { source, fault, paths: [] }
}

function toProblem({ source, fault, paths }: FaultyHeader): Problem {
  const moreFiles =
    paths.length > 1 ? ` (and ${formatQuantity(paths.length - 1, "more file")})` : ""
  const { fittingDelimiter } = fault
  return {
    kind: "landing_header",
    asset: source.name,
    message: `${paths[0] ?? ""}${moreFiles} ${fault.message}.`,
    hint:
      fittingDelimiter === undefined
        ? `Land it with the columns of \`${source.name}\`, or declare other names in \`format.header\`.`
        : `The delimiter ${JSON.stringify(fittingDelimiter)} fits: declare it as \`format.delimiter\` of \`${source.name}\`.`,
  }
}
