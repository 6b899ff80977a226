import { parseSelection, type Problem, ProblemsError, resolveSelection } from "@freshet/core/engine"

import type { Project } from "../project.ts"
import { createStatePredicate } from "../status/asset-state.ts"

/** The assets that the words of a command line mean, in the order of the graph; no words mean all of them. */
export function selectAssets(project: Project, words: readonly string[]): readonly string[] {
  if (words.length === 0) return [...project.graph.assets.keys()]
  const result = parseSelection(joinSelection(words))
  if (result.kind === "problem") throw new ProblemsError("usage", [result.problem])
  const matchesState = createStatePredicate(project.evaluation, project.nowMs)
  const { names, problems } = resolveSelection(project.graph, result.selection, matchesState)
  if (problems.length > 0) throw new ProblemsError("usage", problems)
  return names
}

const operators = new Set(["and", "or", "not"])

/** `a b` means both; `a and b` is one selection that was not quoted. */
function joinSelection(words: readonly string[]): string {
  if (words.some((word) => operators.has(word))) return words.join(" ")
  return words
    .map((word) => (/\s/.test(word) && words.length > 1 ? `(${word})` : word))
    .join(" or ")
}

/** The one asset that a name means. */
export function selectAsset(project: Project, name: string) {
  const [assetName, ...otherNames] = selectAssets(project, [name])
  const asset = project.graph.assets.get(assetName ?? "")
  if (asset !== undefined && otherNames.length === 0) return asset
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` means ${otherNames.length === 0 ? "no asset" : `${otherNames.length + 1} assets`}; this command takes one.`,
    hint: "`freshet assets` lists them.",
  }
  throw new ProblemsError("usage", [problem])
}
