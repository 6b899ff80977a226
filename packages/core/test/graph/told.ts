import { buildGraph } from "../../src/index.ts"
import type { AnyAsset, Problem } from "../../src/index.ts"

/** What is wrong with some declarations. */
export function problemsOf(...declared: readonly AnyAsset[]): readonly Problem[] {
  const result = buildGraph(declared)
  return result.kind === "problems" ? result.problems : []
}

/** Problems as a person reads them: sentence and hint. */
export function told(...declared: readonly AnyAsset[]): readonly string[] {
  return problemsOf(...declared).map(({ message, hint }) => `${message} ${hint ?? ""}`.trim())
}
