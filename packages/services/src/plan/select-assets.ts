import type { AnyAsset } from "@freshet/core"
import {
  parseSelection,
  type Problem,
  ProblemsError,
  resolveSelection,
  selectionKeywords,
} from "@freshet/core/engine"

import type { Project } from "../project.ts"
import { createStatePredicate } from "../status/asset-state.ts"
import { explainMissingImport } from "./missing-import.ts"

/** Selects the assets that the words of a command line mean, in the order of the graph; all assets without words. */
export function selectAssets(project: Project, words: readonly string[]): readonly string[] {
  if (words.length === 0) return [...project.graph.assets.keys()]
  const result = parseSelection(joinSelection(words))
  if (result.kind === "problem") throw new ProblemsError("usage", [result.problem])
  const matchesState = createStatePredicate(project.evaluation, project.nowMs)
  const { names, problems } = resolveSelection(project.graph, result.selection, matchesState)
  if (problems.length > 0)
    throw new ProblemsError(
      "usage",
      problems.map((problem) => explainUnknownAsset(project, problem)),
    )
  return names
}

/** Replaces the hint of an unknown asset if a file declares it that the configuration does not import. */
function explainUnknownAsset({ config }: Project, problem: Problem): Problem {
  if (problem.kind !== "unknown_asset" || problem.asset === undefined) return problem
  const hint = explainMissingImport(config.projectFolder, problem.asset)
  return hint === undefined ? problem : { ...problem, hint }
}

/** Joins words: `a b` means both assets, and `a and b` is one selection without quotes. */
function joinSelection(words: readonly string[]): string {
  if (words.some((word) => selectionKeywords.has(word))) return words.join(" ")
  return words
    .map((word) => (/\s/.test(word) && words.length > 1 ? `(${word})` : word))
    .join(" or ")
}

/** Selects the one asset that a name means. */
export function selectAsset(project: Project, name: string): AnyAsset {
  const names = selectAssets(project, [name])
  const asset = project.graph.assets.get(names[0] ?? "")
  if (asset !== undefined && names.length === 1) return asset
  const count = names.length === 0 ? "no asset" : `${names.length} assets`
  const problem: Problem = {
    kind: "usage",
    message: `\`${name}\` means ${count}; this command takes one.`,
    hint:
      names.length === 0 || names.length > maxListedNames
        ? "`freshet assets` lists the assets."
        : `Name one of them: ${names.map((candidate) => `\`${candidate}\``).join(", ")}.`,
  }
  throw new ProblemsError("usage", [problem])
}

/** The number of assets that are listed in a hint. */
const maxListedNames = 12
