import { quoteName, renderSql, sharedRelation } from "@freshet/core/engine"

import { formatColumnList } from "../sql-text.ts"
import type { Slice, Slices } from "./slice.ts"
import type { TraceNode } from "./trace-request.ts"

/** Formats the shared rows of a computation as the beginning of a query. */
export function formatShared({ computation, partition }: TraceNode): string {
  if (computation.shared === undefined) return ""
  return `WITH ${quoteName(sharedRelation)} AS (${renderSql(computation.shared, partition)}\n)`
}

/** Formats the relations of a node's query, and its shared rows, as the beginning of a query. */
export function formatRelations(node: TraceNode, definitions: readonly string[]): string {
  const shared = formatShared(node)
  const all = [...definitions, ...(shared === "" ? [] : [shared.slice("WITH ".length)])]
  return all.length === 0 ? "" : `WITH ${all.join(", ")}`
}

/** Builds the query of the rows that an output has in its slice, over other rows of its inputs. */
export function buildSliceQuery(
  { byInput }: Pick<Slices, "byInput">,
  node: TraceNode,
  output: { readonly asset: string; readonly slice: Slice },
  selectRows: (input: Slice) => string,
): string {
  const relations = [...node.reads].flatMap(([relation, ids]) => {
    const rows = ids.flatMap((id) => byInput.get(id) ?? []).map(selectRows)
    return rows.length === 0 ? [] : [`${quoteName(relation)} AS (${rows.join(" UNION ALL ")})`]
  })
  const { asset, slice } = output
  const list = formatColumnList(slice.columns)
  const query = `SELECT ${list} FROM (${renderOutput(node, asset)}\n)`
  return `SELECT ${list} FROM (${formatRelations(node, relations)} ${query}) WHERE ${slice.condition}`
}

/** Renders the query of an output. */
export function renderOutput({ computation, partition }: TraceNode, asset: string): string {
  const output = computation.outputs.find((candidate) => candidate.asset === asset)
  if (output === undefined) throw new TypeError(`no query for ${asset}`)
  return renderSql(output.query, partition)
}
