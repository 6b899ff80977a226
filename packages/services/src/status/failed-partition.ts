import type { CheckResult, Graph } from "@freshet/core/engine"

import type { FailedCheckDocument, FailedPartitionDocument } from "../documents/failed-checks.ts"

/** One partition of an asset, by its key, and the results of its checks. */
interface CheckedPartition {
  readonly asset: string
  readonly partition: string
  readonly results: readonly CheckResult[]
  readonly failedRowFiles: readonly string[]
}

/** Converts the failed error checks of a partition. */
export function toFailedPartitionDocument(
  graph: Graph,
  { asset, partition, results, failedRowFiles }: CheckedPartition,
): FailedPartitionDocument {
  const failedResults = results.filter(({ passed, severity }) => !passed && severity === "error")
  return {
    asset,
    partition,
    checks: failedResults.map((result) => toFailedCheckDocument(graph, result)),
    failed_row_files: failedRowFiles,
  }
}

/** Converts the result of a failed check, and adds the requirement in words. */
export function toFailedCheckDocument(graph: Graph, result: CheckResult): FailedCheckDocument {
  const asset = graph.assets.get(result.asset)
  const declaredChecks = asset?.kind === "asset" ? asset.checks : []
  const check = declaredChecks.find(({ name }) => name === result.name)
  const rowTotal = check?.rule.kind === "row_count" ? result.sample[0]?.["rows"] : undefined
  const columns = Object.keys(asset?.columns ?? {})
  return {
    asset: result.asset,
    name: result.name,
    severity: result.severity,
    description: check?.description ?? describeImpliedCheck(result),
    failures: result.failures,
    rows: rowTotal === undefined ? null : Number(rowTotal),
    sample: result.sample.map((row) => orderValues(columns, row)),
  }
}

/** Describes the check that every asset has without declaring it. */
function describeImpliedCheck({ name }: CheckResult): string | null {
  return name === "not_null" ? "columns that are not declared nullable are never null" : null
}

type Row = CheckResult["sample"][number]

/** Orders the values of a row by the asset's columns, because the ledger does not preserve their order. */
function orderValues(columns: readonly string[], row: Row): Row {
  const declaredNames = columns.filter((name) => name in row)
  const otherNames = Object.keys(row).filter((name) => !columns.includes(name))
  return Object.fromEntries([...declaredNames, ...otherNames].map((name) => [name, row[name]]))
}
