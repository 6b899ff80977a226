import { type Problem, ProblemsError, parseSelection, resolveSelection } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { hasState } from "./asset-state.ts"

/** The assets that the words of a command line mean, in the order of the graph; no words mean all of them. */
export function selectAssets(project: Project, words: readonly string[]): readonly string[] {
  if (words.length === 0) return [...project.graph.assets.keys()]
  const parsed = parseSelection(selectionText(words))
  if (parsed.kind === "problem") throw new ProblemsError("usage", [parsed.problem])
  const has = hasState(project.evaluation, project.nowMs)
  const { names, problems } = resolveSelection(project.graph, parsed.selection, has)
  if (problems.length > 0) throw new ProblemsError("usage", problems)
  return names
}

const operators = new Set(["and", "or", "not"])

/** `a b` means both; `a and b` is one selection that was not quoted. */
function selectionText(words: readonly string[]): string {
  if (words.some((word) => operators.has(word))) return words.join(" ")
  return words
    .map((word) => (/\s/.test(word) && words.length > 1 ? `(${word})` : word))
    .join(" or ")
}

/** The one asset that a name means. */
export function namedAsset(project: Project, name: string) {
  const [found, ...others] = selectAssets(project, [name])
  const asset = project.graph.assets.get(found ?? "")
  if (asset !== undefined && others.length === 0) return asset
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` means ${others.length === 0 ? "no asset" : `${others.length + 1} assets`}; this command takes one.`,
    hint: "`freshet assets` lists them.",
  }
  throw new ProblemsError("usage", [problem])
}
