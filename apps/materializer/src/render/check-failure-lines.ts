import { formatCount } from "@freshet/core/engine"
import type { CheckFailure, FailedCheck } from "@freshet/services"

/** How many offending rows are shown. */
const maxExamples = 3

/** What was demanded, what the rows are like that do not meet it, and where they lie. */
export function formatCheckFailure({
  key,
  checks,
  failedRowPaths,
}: CheckFailure): readonly string[] {
  const assets = [...new Set(checks.map(({ asset }) => asset))]
  const partitionFlag = key === "all" ? "" : ` --partition ${key}`
  return [
    ...checks.flatMap(formatFailedCheck),
    ...(failedRowPaths.length === 0 ? [] : ["  The refused rows are kept:"]),
    ...(failedRowPaths.length === 0
      ? []
      : assets.map(
          (asset) => `    \`freshet data head ${asset} --refused${partitionFlag}\` shows them.`,
        )),
    ...failedRowPaths.map((path) => `    ${path}`),
  ]
}

/** `authors_wrote: no room has more authors than messages`, and under it the first rows that offend. */
export function formatFailedCheck(check: FailedCheck): readonly string[] {
  const { name, requirement, sample, rows } = check
  const head = `  ${name}${requirement === undefined ? "" : `: ${requirement}`}`
  if (rows !== undefined)
    return [head, `    There ${rows === 1 ? "is" : "are"} ${formatCount(rows)}.`]
  const examples = sample.slice(0, maxExamples).map((row) => `      ${JSON.stringify(row)}`)
  return [
    head,
    `    ${formatFailedRowCount(check)}${examples.length > 0 ? ", for example" : "."}`,
    ...examples,
  ]
}

/** `1,000 rows fail` */
export function formatFailedRowCount({ failures }: { readonly failures: number }): string {
  return failures === 1 ? "1 row fails" : `${formatCount(failures)} rows fail`
}
