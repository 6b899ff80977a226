import {
  formatRelationName,
  type ComputeRequest,
  type Graph,
  type Publish,
  type Relation,
} from "../../src/engine.ts"
import {
  all,
  daily,
  hourly,
  itself,
  last,
  latest,
  monthly,
  noRows,
  previous,
  publishTo,
  sharedRows,
  sql,
  sqlAssets,
  staticKeys,
  unpartitioned,
  upTo,
  weekly,
  window,
  type AnyAsset,
  type Asset,
  type Partitions,
  type Read,
  type Sql,
} from "../../src/index.ts"
import { dailyAsset, buildValidGraph, partitionedSource } from "../declarations.ts"
import type { Behaviour } from "../memory-project.ts"
import type { Granularity, Setting } from "./calendar.ts"
import {
  type ComputationShape,
  type Declarations,
  type Publication,
  type ReadContent,
  type ReadShape,
  type Rule,
  type Shape,
} from "./shape.ts"
import {
  type WindowName,
  findCheckRead,
  getComputationName,
  getName,
  getPublication,
  passes,
  listPresentComputations,
  computeRows,
} from "./shape.ts"

/** The partitions of a granularity in a story. */
export function buildPartitions(
  { zone, declared }: Setting,
  { keys }: Declarations,
  granularity: Granularity,
): Partitions {
  if (granularity === "none") return unpartitioned
  if (granularity === "static") return staticKeys(keys)
  const [start, end] = declared[granularity]
  return { hourly, daily, weekly, monthly }[granularity]({ zone, start, ...(end && { end }) })
}

/** Builds the declarations of a shape. */
export function buildShapeGraph(shape: Shape, setting: Setting, declared: Declarations): Graph {
  const assets = new Map<string, AnyAsset>()
  for (const { id, granularity, whenMissing, whenRemoved } of shape.sources) {
    const { name, previousNames } = getName(declared, id)
    assets.set(
      id,
      partitionedSource(name, buildPartitions(setting, declared, granularity), {
        whenMissing,
        whenRemoved,
        previousNames,
        group: getGroup(declared, id),
      }),
    )
  }
  for (const computation of listPresentComputations(shape, declared)) {
    const outputAssets = buildAssets(computation, assets, setting, { ...declared, shape })
    computation.outputs.forEach((output, at) => assets.set(output, outputAssets[at]!))
  }
  return buildValidGraph(...assets.values())
}

type Table = Parameters<typeof publishTo>[0]
const tables = new Map<string, Table>()

/** The table that a computation was first published to, the same in every declaration. */
export function getTable(id: string): Table {
  const table = tables.get(id) ?? { $inferInsert: {} }
  tables.set(id, table)
  return table
}

function buildAssets(
  computation: ComputationShape,
  assets: ReadonlyMap<string, AnyAsset>,
  setting: Setting,
  declared: Declarations & { readonly shape: Shape },
): readonly Asset[] {
  const { id, modulus, outputs, accumulates, granularity, isPublished } = computation
  const reads = computation.reads.map((readShape) =>
    buildRead(assets.get(readShape.upstream)!, readShape.window),
  )
  const from = [...reads, ...(accumulates ? [previous()] : [])].map((source) => sql`${source}`)
  const code = sql`${declared.salts.get(id) ?? 0} ${modulus}`
  const query = from.reduce<Sql>((fragments, fragment) => sql`${fragments} ${fragment}`, code)
  const partitions = buildPartitions(setting, declared, granularity)
  const group = getGroup(declared, id)
  const buildOptions = (output: string) => {
    const read = findCheckRead(declared.shape, declared, output)
    const checkRead = read && buildRead(assets.get(read.upstream)!, read.window)
    return { checks: buildChecks(declared.checks.get(output), checkRead) }
  }
  if (outputs.length === 1) {
    const { name, previousNames } = getName(declared, id)
    const publish = buildPublish(getPublication(declared, id))
    const extra = {
      group,
      partitions,
      previousNames,
      ...buildOptions(id),
      ...(isPublished && { publish }),
    }
    return [dailyAsset(name, query, extra)]
  }
  const { columns } = dailyAsset(id, query)
  const described = outputs.map((output, at) => {
    const { name, previousNames } = getName(declared, output)
    const outputQuery = sql`${at} ${sharedRows}`
    return [
      name,
      { description: "", columns, query: outputQuery, previousNames, ...buildOptions(output) },
    ]
  })
  const shared = query as Sql<never> // the compiler's rules are tested elsewhere
  const name = getComputationName(declared, computation)
  return Object.values(
    sqlAssets({ name, group, partitions, shared, outputs: Object.fromEntries(described) }),
  )
}

function buildPublish({ set, table, keep }: Publication): Publish {
  const several = { set, partitionColumn: "day" }
  if (keep === "latest") return publishTo(getTable(table), { set })
  if (keep === "partitions") return publishTo(getTable(table), { ...several, keep })
  return publishTo(getTable(table), { ...several, keep: { last: keep } })
}

function getGroup({ groups }: Declarations, id: string): string {
  return groups.get(id) ?? "g"
}

function buildChecks(rule: Rule | undefined, read: Read | undefined) {
  if (rule === undefined) return []
  const { remainder, severity } = rule
  const itselfQuery = sql`${remainder} ${itself}`
  const query = read === undefined ? itselfQuery : sql`${itselfQuery} ${read}`
  return [noRows("remainder", { description: "", severity, query })]
}

function buildRead(asset: AnyAsset, name: WindowName): Read {
  const timed = asset as AnyAsset & { partitions: { kind: "daily" } } // windows other than same and all require partitions of time
  switch (name) {
    case "same":
      return { kind: "read", asset, window: { kind: "same" } }
    case "last 2":
      return last(2, timed)
    case "whole":
      return last(1, timed, { onShortWindow: "skip" })
    case "skip 3":
      return last(3, timed, { onShortWindow: "skip" })
    case "error 4":
      return last(4, timed, { onShortWindow: "error" })
    case "before":
      return window(timed, -2, -1)
    case "latest":
      return latest(timed)
    case "up to":
      return upTo(timed)
    case "all":
      return all(asset)
  }
}

/** The engine of random graphs: reads salt and modulus from the query. */
export function computeEngineRows(
  { computation, relations, outputs }: ComputeRequest,
  asset: string,
  contents: (relation: Relation) => string[],
): string {
  if (computation.kind === "code") throw new Error("random graphs are SQL")
  const [part] = (computation.shared ?? computation.outputs[0]!.query).parts
  const [salt, modulus] = (part?.kind === "text" ? part.text : "").split(" ").map(Number)
  const names = new Set(computation.reads.map((read) => formatRelationName(read)))
  const reads = relations
    .filter(({ name }) => names.has(name))
    .map((relation) => toReadContent(relation, contents(relation)))
  const place = outputs.findIndex(({ name }) => name === asset)
  return computeRows({ salt: salt!, modulus: modulus! }, place, reads)
}

/** The keys and rows of a relation; the path of a stored file contains its key. */
function toReadContent(relation: Relation, contents: readonly string[]): ReadContent {
  const keys =
    relation.kind === "landed"
      ? relation.partitions.map(({ key }) => key)
      : relation.files.map((file) => file.split("/")[1]!)
  return contents.map((content, at) => [keys[at]!, content])
}

/** Creates the engine's check of rows, by the declared rule of the asset. */
export function createRowChecker(shape: Shape, declared: Declarations): Behaviour["checks"] {
  const rules = new Map(
    shape.computations.flatMap(({ outputs }) =>
      outputs.map(
        (output) =>
          [getName(declared, output).name, { output, rule: declared.checks.get(output) }] as const,
      ),
    ),
  )
  return (asset, _, value, relations) => {
    const { output, rule } = rules.get(asset) ?? {}
    if (output === undefined || rule === undefined) return []
    const read = findCheckRead(shape, declared, output)
    const checked = relations.filter(
      ({ relation }) => read !== undefined && relation.name === formatReadName(declared, read),
    )
    const passed = passes(
      rule,
      value,
      checked.map(({ relation, rows }) => toReadContent(relation, rows)),
    )
    const { severity } = rule
    return [{ asset, name: "remainder", severity, passed, failures: passed ? 0 : 1, sample: [] }]
  }
}

function formatReadName(declared: Declarations, { upstream, window }: ReadShape): string {
  const { name } = getName(declared, upstream)
  return formatRelationName(buildRead({ name } as AnyAsset, window)) // only the name is read
}
