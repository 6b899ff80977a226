import type { Columns } from "../declare/column.ts"
import type { SourceAsset } from "../declare/declaration.ts"
import { listPlaceholders } from "../declare/landing-path.ts"
import type { Granularity } from "../declare/partition.ts"
import { type CsvFormat, isJsonPath, type JsonLinesFormat } from "../declare/source-format.ts"
import type { Problem } from "../problem.ts"

/** The placeholders that name a partition of time together. */
const datePlaceholders: Readonly<Record<Granularity, readonly string[]>> = {
  hourly: ["yyyy", "mm", "dd", "hh"],
  daily: ["yyyy", "mm", "dd"],
  weekly: [],
  monthly: ["yyyy", "mm"],
  static: [],
  none: [],
}

/** Finds the problems of the paths and formats of sources. */
export function findSourceProblems(source: SourceAsset): readonly Problem[] {
  return [...findPathProblems(source), ...findFormatProblems(source)]
}

function findPathProblems({ name, path, partitions }: SourceAsset): readonly Problem[] {
  const placeholders = listPlaceholders(path)
  const dates = datePlaceholders[partitions.kind]
  const allowed = ["partition", ...dates]
  const unknown = placeholders.filter((placeholder) => !allowed.includes(placeholder))
  const toProblem = (message: string): Problem => {
    const forms = ["{partition}", formatPlaceholders(dates)]
    const hint = `Its path names a partition with ${forms.filter((form) => form !== "").join(" or ")}.`
    return {
      kind: "landing_path",
      asset: name,
      message,
      hint,
    }
  }
  if (unknown.length > 0)
    return [
      toProblem(
        `The path of \`${name}\` has ${formatPlaceholders(unknown)}, which \`${partitions.kind}\` partitions lack.`,
      ),
    ]
  const isWhole =
    placeholders.includes("partition") ||
    (dates.length > 0 && dates.every((date) => placeholders.includes(date)))
  return partitions.kind === "none" || isWhole
    ? []
    : [toProblem(`The path ${path} of \`${name}\` does not name a partition.`)]
}

function formatPlaceholders(placeholders: readonly string[]): string {
  return placeholders.map((placeholder) => `{${placeholder}}`).join(" ")
}

function findFormatProblems({ name, format, columns }: SourceAsset): readonly Problem[] {
  const toProblem = (message: string): Problem => ({ kind: "source_format", asset: name, message })
  const problems: Problem[] = []
  const mapped = Object.keys(
    (format.kind === "csv" ? (format.noHeader?.positions ?? format.header) : format.keys) ?? {},
  )
  for (const column of mapped)
    if (!Object.hasOwn(columns, column))
      problems.push(
        toProblem(`The format of \`${name}\` maps \`${column}\`, which is not a column of it.`),
      )
  if (format.kind !== "csv") return [...problems, ...findKeyFaults(format).map(toProblem)]
  const { delimiter = ",", quote = '"' } = format
  for (const character of [delimiter, quote])
    if (!/^[\t\x20-\x7e]$/.test(character))
      problems.push(
        toProblem(
          `The delimiter and the quote of \`${name}\` are one ASCII character each, not ${JSON.stringify(character)}.`,
        ),
      )
  if (delimiter === quote)
    problems.push(toProblem(`The delimiter and the quote of \`${name}\` are the same character.`))
  return [...problems, ...findPositionFaults(format, columns).map(toProblem)]
}

/** Finds the faults of a declared file without a header line, as sentences. */
function findPositionFaults({ header, noHeader }: CsvFormat, columns: Columns): readonly string[] {
  if (noHeader === undefined) return []
  const { width, positions } = noHeader
  const faults = Object.keys(columns).flatMap((column) => {
    const position = positions[column]
    if (position === undefined) return [`The format names no position of \`${column}\`.`]
    const isInRecord = Number.isInteger(position) && position >= 0 && position < width
    return isInRecord
      ? []
      : [
          `\`${column}\` is at position ${position}, but a record has the positions 0 to ${width - 1}.`,
        ]
  })
  if (!Number.isInteger(width) || width < 1)
    faults.push(`A record has a positive number of values, not ${width}.`)
  if (header !== undefined) faults.push("`header` cannot be combined with `noHeader`.")
  return faults
}

/** Finds the faults of declared paths to nested values, as sentences. */
function findKeyFaults({ keys = {} }: JsonLinesFormat): readonly string[] {
  return Object.entries(keys).flatMap(([column, key]) =>
    isJsonPath(key)
      ? []
      : [
          `The path of \`${column}\` begins with a key and continues with keys and positions from 0.`,
        ],
  )
}
