import type { AnyAsset, Asset, Columns } from "@freshet/core"
import { formatSuggestion } from "@freshet/core/engine"
import { findTableName } from "@freshet/io"

import { selectAsset } from "../plan/select-assets.ts"
import { sourceProblem, usageError } from "../plan/target-problems.ts"
import type { Project } from "../project.ts"

/** Finds an asset by its name or by the name of its published table. */
export function findAssetOfTable(project: Project, table: string): Asset {
  const published = [...project.graph.assets.values()].find(
    (candidate) => candidate.kind === "asset" && findTableName(candidate) === table,
  )
  const asset: AnyAsset = project.graph.assets.has(table)
    ? selectAsset(project, table)
    : (published ?? selectAsset(project, table))
  if (asset.kind === "source") throw usageError(sourceProblem([asset]))
  return asset
}

/**
 * Parses the key of a row: values of the columns of the asset's first unique check, in their order, or `column=value` for
 * any columns. Returns column → value.
 */
export function parseRowKey(
  { name, columns, checks }: Asset,
  words: readonly string[],
): Readonly<Record<string, string>> {
  const unique = checks.flatMap(({ rule }) => (rule.kind === "unique" ? [rule.columns] : []))[0]
  const declaredColumns: Columns = columns
  const pairs = words.map((word) => splitPair(declaredColumns, word))
  if (words.length > 0 && pairs.every((pair) => pair !== undefined))
    return Object.fromEntries(pairs)
  const wrongName = words.map((word) => /^([a-z_]\w*)=/i.exec(word)?.[1]).find(isGiven)
  if (wrongName !== undefined && declaredColumns[wrongName] === undefined)
    throw usageError({
      kind: "usage",
      asset: name,
      message: `\`${name}\` has no column \`${wrongName}\`.`,
      hint: formatSuggestion(wrongName, Object.keys(declaredColumns)),
    })
  if (unique !== undefined && words.length === unique.length)
    return Object.fromEntries(unique.map((column, at) => [column, words[at] ?? ""]))
  throw usageError({
    kind: "usage",
    asset: name,
    message: `The key does not name a row of \`${name}\`.`,
    hint: `Its key is ${(unique ?? Object.keys(declaredColumns)).map((column) => `${column}=…`).join(" ")}.`,
  })
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined
}

function splitPair(columns: Columns, word: string): readonly [string, string] | undefined {
  const at = word.indexOf("=")
  const column = word.slice(0, at)
  return at > 0 && columns[column] !== undefined ? [column, word.slice(at + 1)] : undefined
}
