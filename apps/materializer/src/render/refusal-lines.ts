import { count } from "./amount.ts"
import type { FailedCheck, Refusal } from "./refusal.ts"

/** How many offending rows are shown. */
const shownRows = 3

/** What was demanded, what the rows are like that do not meet it, and where they lie. */
export function refusalLines({ key, checks, kept }: Refusal): readonly string[] {
  const assets = [...new Set(checks.map(({ asset }) => asset))]
  const day = key === "all" ? "" : ` --partition ${key}`
  return [
    ...checks.flatMap(failedCheckLines),
    ...(kept.length === 0 ? [] : ["  The refused rows are kept:"]),
    ...(kept.length === 0
      ? []
      : assets.map((asset) => `    \`freshet data head ${asset} --refused${day}\` shows them.`)),
    ...kept.map((path) => `    ${path}`),
  ]
}

/** `authors_wrote: no room has more authors than messages`, and under it the first rows that offend. */
export function failedCheckLines(check: FailedCheck): readonly string[] {
  const { name, demand, sample, rows } = check
  const head = `  ${name}${demand === undefined ? "" : `: ${demand}`}`
  if (rows !== undefined) return [head, `    There ${rows === 1 ? "is" : "are"} ${count(rows)}.`]
  const shown = sample.slice(0, shownRows).map((row) => `      ${JSON.stringify(row)}`)
  return [head, `    ${failuresText(check)}${shown.length > 0 ? ", for example" : "."}`, ...shown]
}

/** `1,000 rows fail` */
export function failuresText({ failures }: { readonly failures: number }): string {
  return failures === 1 ? "1 row fails" : `${count(failures)} rows fail`
}
