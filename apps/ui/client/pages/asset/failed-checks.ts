import type { AssetDetailDocument } from "../../api/documents.ts"

/** Lists the checks that failed on the present rows or in the last attempt. */
export function listFailedChecks({
  check_results: results,
  failure,
}: Pick<AssetDetailDocument, "check_results" | "failure">): ReadonlySet<string> {
  const failedResults = results.filter(({ passed }) => !passed).map(({ name }) => name)
  return new Set([...failedResults, ...(failure?.checks ?? [])])
}
