import { formatCount } from "@freshet/core/engine"
import type { FailedCheckDocument, FailedPartitionDocument } from "@freshet/services"

/** The number of failed rows that are printed. */
const maxExamples = 3

/** Formats the failed checks of a partition, with examples of failed rows and the files that contain them. */
export function formatFailedPartition(
  { partition, checks, failed_row_files: files }: FailedPartitionDocument,
  formatPath: (location: string) => string,
): readonly string[] {
  const lines = checks.flatMap(formatFailedCheck)
  if (files.length === 0) return lines
  const partitionFlag = partition === "all" ? "" : ` --partition ${partition}`
  const assets = [...new Set(checks.map(({ asset }) => asset))]
  return [
    ...lines,
    "  The failed rows are stored:",
    ...assets.map(
      (asset) => `    \`freshet data head ${asset} --failed-rows${partitionFlag}\` shows them.`,
    ),
    ...files.map((file) => `    ${formatPath(file)}`),
  ]
}

/** Formats a failed check: `authors_wrote: no room has more authors than messages`, and the first failed rows. */
export function formatFailedCheck(check: FailedCheckDocument): readonly string[] {
  const { name, description, sample, rows } = check
  const head = `  ${name}${description === null ? "" : `: ${description}`}`
  if (rows !== null) return [head, `    There ${rows === 1 ? "is" : "are"} ${formatCount(rows)}.`]
  const examples = sample.slice(0, maxExamples).map((row) => `      ${JSON.stringify(row)}`)
  return [
    head,
    `    ${formatFailedRowCount(check)}${examples.length > 0 ? ", for example" : "."}`,
    ...examples,
  ]
}

/** Counts failed rows: `1,000 rows fail`. */
export function formatFailedRowCount({ failures }: { readonly failures: number }): string {
  return failures === 1 ? "1 row fails" : `${formatCount(failures)} rows fail`
}
