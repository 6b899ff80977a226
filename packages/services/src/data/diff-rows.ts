import type { AnyAsset, Columns } from "@freshet/core"
import { formatQuantity, type Relation } from "@freshet/core/engine"

import type { DiffDocument, DiffRowDocument, DiffSideDocument } from "../documents/diff.ts"
import type { RowDocument } from "../documents/rows.ts"
import { selectAsset } from "../plan/select-assets.ts"
import { usageError } from "../plan/target-problems.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { type DiffColumn, listDiffColumns } from "./diff-columns.ts"
import {
  buildCountsQuery,
  buildDuplicatesQuery,
  buildRowsQuery,
  buildSurplusCountsQuery,
  buildSurplusQuery,
  type DiffColumns,
  diffRelations,
} from "./diff-query.ts"
import { type DiffRequest, type DiffSide, type DiffSides, findDiffSides } from "./diff-sides.ts"
import { openData } from "./open-data.ts"
import { type FirstRows, readFirstRows } from "./result-rows.ts"

/** The sides, the columns of the key, and the number of rows to list. */
export interface DiffRowsRequest extends DiffRequest {
  /** The columns of the first unique check unless given; without one, whole rows are compared. */
  readonly key?: readonly string[] | undefined
  readonly limit: number
}

/** Compares two partitions, or two versions of a partition, by key. */
export function diffRows(services: Services, request: DiffRowsRequest): Promise<DiffDocument> {
  return services.withProject({}, async (project) => {
    const asset = selectAsset(project, request.asset)
    return compareSides(project, asset, await findDiffSides(project, asset, request), request)
  })
}

/** Compares the rows of two sides of an asset by key. */
export async function compareSides(
  project: Project,
  asset: AnyAsset,
  { from, to }: DiffSides,
  request: Pick<DiffRowsRequest, "key" | "limit">,
): Promise<DiffDocument> {
  const key = request.key ?? findUniqueKey(asset)
  const columns = await listDiffColumns(project, asset, { from, to, key })
  const read = createReader(project, { asset, columns, from, to })
  const difference =
    key.length === 0
      ? await compareRows(read, columns, request.limit)
      : await compareByKey(read, columns, request.limit)
  const { added, removed, changed, unchanged } = difference
  return {
    asset: asset.name,
    from: toSideDocument(from, removed + changed + unchanged),
    to: toSideDocument(to, added + changed + unchanged),
    ...difference,
  }
}

function findUniqueKey(asset: AnyAsset): readonly string[] {
  const checks = asset.kind === "source" ? [] : asset.checks
  return checks.flatMap(({ rule }) => (rule.kind === "unique" ? [rule.columns] : []))[0] ?? []
}

type Difference = Omit<DiffDocument, "asset" | "from" | "to">
type ReadRows = (sql: string, limit: number) => Promise<FirstRows>

/** Creates a reader of the two sides, which reads nothing else. */
function createReader(
  project: Project,
  {
    asset,
    columns,
    from,
    to,
  }: {
    readonly asset: AnyAsset
    readonly columns: readonly DiffColumn[]
    readonly from: DiffSide
    readonly to: DiffSide
  },
): ReadRows {
  const sharedColumns = selectColumns(asset, columns)
  const relations = [
    renameRelation(from.relation, diffRelations.from, sharedColumns),
    renameRelation(to.relation, diffRelations.to, sharedColumns),
  ]
  const data = openData(project)
  return (sql, limit) =>
    data.queryNamed(
      { sql, find: async (name) => relations.find((relation) => relation.name === name) },
      (rows) => readFirstRows(rows, limit),
    )
}

function selectColumns(asset: AnyAsset, columns: readonly DiffColumn[]): Columns {
  const declaredColumns: Columns = asset.columns
  const shared = columns.filter(({ state }) => state === "key" || state === "compared")
  return Object.fromEntries(
    shared.flatMap(({ name }) => {
      const column = declaredColumns[name]
      return column === undefined ? [] : [[name, column]]
    }),
  )
}

function renameRelation(relation: Relation, name: string, columns: Columns): Relation {
  return relation.kind === "stored" ? { ...relation, name, columns } : { ...relation, name }
}

function toSideDocument({ relation: _, ...side }: DiffSide, rows: number): DiffSideDocument {
  return { ...side, rows }
}

function splitColumns(columns: readonly DiffColumn[]): DiffColumns {
  const select = (state: DiffColumn["state"]) =>
    columns.filter((column) => column.state === state).map(({ name }) => name)
  return { key: select("key"), values: select("compared") }
}

async function compareByKey(
  read: ReadRows,
  columns: readonly DiffColumn[],
  limit: number,
): Promise<Difference> {
  const names = splitColumns(columns)
  await requireUniqueKey(read, names)
  const [counts = {}] = (await read(buildCountsQuery(names), 1)).rows
  const { rows, more } = await read(buildRowsQuery(names, limit + 1), limit)
  const changed = Number(counts["changed"])
  return {
    key: names.key,
    added: Number(counts["added"]),
    removed: Number(counts["removed"]),
    changed,
    unchanged: Number(counts["both"]) - changed,
    columns: columns.map((column) => {
      const at = names.values.indexOf(column.name)
      return { ...column, changed: at < 0 ? 0 : Number(counts[`c${at}`]) }
    }),
    rows: rows.map((row) => toDiffRow(row, names)),
    more,
  }
}

async function requireUniqueKey(read: ReadRows, names: DiffColumns): Promise<void> {
  const [row = {}] = (await read(buildDuplicatesQuery(names), 1)).rows
  const duplicates = Number(row["duplicates"])
  if (duplicates === 0) return
  const message = `The key (${names.key.join(", ")}) does not identify rows: ${formatQuantity(duplicates, "key")} occur more than once.`
  const hint = "Name the columns of another key."
  throw usageError({ kind: "usage", message, hint })
}

function toDiffRow(row: RowDocument, { key, values }: DiffColumns): DiffRowDocument {
  const kind = row["kind"] as DiffRowDocument["kind"] // the query names the kinds
  const pick = (prefix: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name, at) => [name, row[`${prefix}${at}`]]))
  const [from, to] = [pick("f", values), pick("t", values)]
  const isChanged = (name: string) => JSON.stringify(from[name]) !== JSON.stringify(to[name])
  return {
    kind,
    key: pick("k", key),
    columns: kind === "changed" ? values.filter(isChanged) : [],
    from: kind === "added" ? null : from,
    to: kind === "removed" ? null : to,
  }
}

/** Compares whole rows, which may occur several times. */
async function compareRows(
  read: ReadRows,
  columns: readonly DiffColumn[],
  limit: number,
): Promise<Difference> {
  const names = splitColumns(columns).values
  const [counts = {}] = (await read(buildSurplusCountsQuery(names), 1)).rows
  const { rows, more } = await read(buildSurplusQuery(names, limit + 1), limit)
  const added = Number(counts["added"])
  return {
    key: names,
    added,
    removed: Number(counts["removed"]),
    changed: 0,
    unchanged: Number(counts["total"]) - added,
    columns: columns.map((column) => ({
      ...column,
      state: column.state === "compared" ? "key" : column.state,
      changed: 0,
    })),
    rows: rows.map((row) => toDiffRow(row, { key: names, values: [] })),
    more,
  }
}
