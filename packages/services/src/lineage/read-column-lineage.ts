import type { AnyAsset, Columns } from "@freshet/core"
import { formatSuggestion } from "@freshet/core/engine"
import type { ColumnLineage, ColumnSource } from "@freshet/io"

import type { ColumnLineageDocument } from "../documents/column-lineage.ts"
import { selectAsset } from "../plan/select-assets.ts"
import { usageError } from "../plan/target-problems.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"
import { type ProjectLineage, traceProject } from "./trace-project.ts"

/** A column of an asset or a source. */
export interface ColumnReference {
  readonly asset: string
  readonly column: string
}

type SourceDocument = ColumnLineageDocument["sources"][number]
type ReaderDocument = ColumnLineageDocument["readers"][number]

/** Reads the origin and the uses of a column, through all queries up and down. */
export function readColumnLineage(
  services: Services,
  { asset: name, column }: ColumnReference,
): Promise<ColumnLineageDocument> {
  return services.withProject({}, async (project) => {
    const asset = selectAsset(project, name)
    requireColumn(asset, column)
    const lineage = await traceProject(project)
    const rows = lineage.get(asset.name)?.rows ?? []
    return {
      asset: asset.name,
      column,
      traced: asset.kind === "source" || asset.computation.kind === "sql",
      sources: findSources(lineage, { asset: asset.name, column }),
      row_sources: rows.map((source) => ({ asset: source.asset, column: source.column })),
      readers: findReaders(project, lineage, { asset: asset.name, column }),
    }
  })
}

function requireColumn({ name, columns }: AnyAsset, column: string): void {
  const declaredColumns: Columns = columns
  if (declaredColumns[column] !== undefined) return
  const message = `\`${name}\` has no column \`${column}\`.`
  const hint = formatSuggestion(column, Object.keys(declaredColumns))
  throw usageError({ kind: "usage", asset: name, message, hint })
}

function formatKey({ asset, column }: ColumnReference): string {
  return `${asset} ${column}`
}

/** Follows the values of a column upstream. A column that is reached on several ways has the shortest distance. */
function findSources(lineage: ProjectLineage, start: ColumnReference): readonly SourceDocument[] {
  const sources = new Map<string, SourceDocument>()
  let frontier: readonly SourceDocument[] = [{ ...start, kind: "copied", distance: 0 }]
  while (frontier.length > 0) {
    const next = frontier.flatMap(({ asset, column, kind, distance }) =>
      (lineage.get(asset)?.columns.get(column) ?? []).map((source) => ({
        ...source,
        kind: kind === "computed" ? kind : source.kind,
        distance: distance + 1,
      })),
    )
    frontier = next.filter((source) => addSource(sources, source))
  }
  return [...sources.values()]
}

/** Adds a source; true when it is new, or was recorded as copied only. */
function addSource(sources: Map<string, SourceDocument>, source: SourceDocument): boolean {
  const earlier = sources.get(formatKey(source))
  if (earlier !== undefined && (earlier.kind === "computed" || source.kind === "copied"))
    return false
  sources.set(formatKey(source), { ...source, distance: earlier?.distance ?? source.distance })
  return true
}

/** The part of an asset that changes. */
interface Change {
  readonly columns: ReadonlySet<string>
  /** True when rows appear or disappear, which changes every reader. */
  readonly rows: boolean
}

/** Follows a column downstream through values and through the existence of rows. */
function findReaders(
  { graph }: Project,
  lineage: ProjectLineage,
  start: ColumnReference,
): readonly ReaderDocument[] {
  const readers = new Map<string, ReaderDocument>()
  let changes = new Map<string, Change>([
    [start.asset, { columns: new Set([start.column]), rows: false }],
  ])
  for (let distance = 1; changes.size > 0; distance += 1) {
    const nextChanges = new Map<string, Change>()
    for (const [asset, columnLineage] of lineage) {
      const upstream = graph.upstream.get(asset) ?? []
      const use = findUse(columnLineage, upstream, changes)
      if (use === undefined) continue
      const published = findPublicationSet(graph, asset)
      const change = addReader(readers, { asset, ...use, distance, published })
      if (change !== undefined) nextChanges.set(asset, change)
    }
    changes = nextChanges
  }
  return [...readers.values()]
}

type Use = Pick<ReaderDocument, "columns" | "decides_rows">

/** Finds the changes of an asset that follow from changes of its upstreams; undefined when there are none. */
function findUse(
  { columns, rows }: ColumnLineage,
  upstream: readonly string[],
  changes: ReadonlyMap<string, Change>,
): Use | undefined {
  const isChanged = ({ asset, column }: ColumnSource) =>
    changes.get(asset)?.columns.has(column) === true
  const changedColumns = [...columns].flatMap(([name, sources]) => {
    const changedSources = sources.filter(isChanged)
    if (changedSources.length === 0) return []
    const isComputed = changedSources.some(({ kind }) => kind === "computed")
    return [{ name, kind: isComputed ? ("computed" as const) : ("copied" as const) }]
  })
  const readsChangedRows = upstream.some((name) => changes.get(name)?.rows === true)
  const decidesRows = readsChangedRows || rows.some(isChanged)
  if (changedColumns.length === 0 && !decidesRows) return undefined
  return { columns: changedColumns, decides_rows: decidesRows }
}

/** Adds the uses of a reader. Returns the changes that are new; undefined when there are none. */
function addReader(
  readers: Map<string, ReaderDocument>,
  reader: ReaderDocument,
): Change | undefined {
  const earlier = readers.get(reader.asset)
  const recordedColumns = new Set(earlier?.columns.map(({ name }) => name))
  const newColumns = reader.columns.filter(({ name }) => !recordedColumns.has(name))
  const decidesRows = reader.decides_rows && earlier?.decides_rows !== true
  readers.set(reader.asset, {
    ...(earlier ?? reader),
    columns: [...(earlier?.columns ?? []), ...newColumns],
    decides_rows: reader.decides_rows || earlier?.decides_rows === true,
  })
  if (newColumns.length === 0 && !decidesRows) return undefined
  return { columns: new Set(newColumns.map(({ name }) => name)), rows: decidesRows }
}

function findPublicationSet({ assets }: Project["graph"], name: string): string | null {
  const asset = assets.get(name)
  return asset?.kind === "asset" ? (asset.publish?.set ?? null) : null
}
