import type { CheckResult, Graph } from "@freshet/core/engine"

/** Rows that did not pass the checks they must pass: which checks, and where the rows lie that were kept apart. */
export interface CheckFailure {
  readonly key: string
  readonly checks: readonly FailedCheck[]
  /** Paths, relative to where the command is run if they lie below it. */
  readonly failedRowPaths: readonly string[]
}

/** An error check that failed, with what it demands in words. */
export interface FailedCheck extends CheckResult {
  readonly requirement: string | undefined
  /** How many rows there are, where their number is what the check is about. */
  readonly rows: number | undefined
}

/** What a person is told of rows that these checks refused. */
export function toCheckFailure(
  graph: Graph,
  key: string,
  results: readonly CheckResult[],
  failedRowPaths: readonly string[],
): CheckFailure {
  const failedResults = results.filter(({ passed, severity }) => !passed && severity === "error")
  return {
    key,
    failedRowPaths,
    checks: failedResults.map((result) => toFailedCheck(graph, result)),
  }
}

/** A failed check with what it demands. */
export function toFailedCheck(graph: Graph, result: CheckResult): FailedCheck {
  const asset = graph.assets.get(result.asset)
  const declared = asset?.kind === "asset" ? asset.checks : []
  const check = declared.find(({ name }) => name === result.name)
  const rowTotal = check?.rule.kind === "row_count" ? result.sample[0]?.["rows"] : undefined
  const rows = rowTotal === undefined ? undefined : Number(rowTotal)
  const sample = result.sample.map((row) => orderValues(Object.keys(asset?.columns ?? {}), row))
  return {
    ...result,
    sample,
    requirement: check?.description ?? describeImpliedCheck(result),
    rows,
  }
}

/** The check that every asset has without declaring it. */
function describeImpliedCheck({ name }: CheckResult): string | undefined {
  return name === "not_null" ? "columns that are not declared nullable are never null" : undefined
}

type Row = CheckResult["sample"][number]

/** The asset's columns first, in their order: the ledger does not keep the order in which a row names them. */
function orderValues(columns: readonly string[], row: Row): Row {
  const declaredNames = columns.filter((name) => name in row)
  const orderedNames = [
    ...declaredNames,
    ...Object.keys(row).filter((name) => !columns.includes(name)),
  ]
  return Object.fromEntries(orderedNames.map((name) => [name, row[name]]))
}
