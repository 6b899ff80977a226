import { buildGraph, type Problem } from "../../src/engine.ts"
import type { AnyAsset } from "../../src/index.ts"

/** The problems of some declarations. */
export function findProblems(...declared: readonly AnyAsset[]): readonly Problem[] {
  const result = buildGraph(declared)
  return result.kind === "problems" ? result.problems : []
}

/** The problems of some declarations as text: message and hint. */
export function formatProblems(...declared: readonly AnyAsset[]): readonly string[] {
  return findProblems(...declared).map(({ message, hint }) => `${message} ${hint ?? ""}`.trim())
}
