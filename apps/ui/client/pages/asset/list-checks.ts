import type { AssetDetailDocument } from "../../api/documents.ts"
import type { StateName } from "../../ui/state-names.ts"

/** The states as which the results of checks are drawn. */
export const resultStates = {
  passed: "fresh",
  failed: "failed",
  warning: "stale",
  "not run": "missing",
} as const satisfies Readonly<Record<string, StateName>>

/** A check of an asset with its result on the present rows or in the last attempt. */
export interface CheckRow {
  readonly name: string
  readonly severity: "error" | "warn"
  readonly description: string
  readonly result: keyof typeof resultStates
  /** The number of failed rows. */
  readonly failures: number
}

type CheckedAsset = Pick<AssetDetailDocument, "declared_checks" | "check_results" | "failure">

/** Lists the checks of an asset, those with a result first. */
export function listChecks(asset: CheckedAsset): readonly CheckRow[] {
  const { declared_checks: declaredChecks, check_results: results } = asset
  const descriptions = new Map(declaredChecks.map(({ name, description }) => [name, description]))
  const resultNames = new Set(results.map(({ name }) => name))
  const checks = [
    ...results.map(({ name, severity, failures }) => ({ name, severity, failures })),
    ...declaredChecks
      .filter(({ name }) => !resultNames.has(name))
      .map(({ name, severity }) => ({ name, severity, failures: 0 })),
  ]
  return checks.map((check) => ({
    ...check,
    description: descriptions.get(check.name) ?? "",
    result: getResult(check, asset),
  }))
}

function getResult(
  { name, severity }: Pick<CheckRow, "name" | "severity">,
  { check_results: results, failure }: CheckedAsset,
): CheckRow["result"] {
  const result = results.find((candidate) => candidate.name === name)
  const hasFailed = result?.passed === false || failure?.checks.includes(name) === true
  if (hasFailed) return severity === "error" ? "failed" : "warning"
  return result === undefined ? "not run" : "passed"
}
