import type { Columns } from "@freshet/core"
import { quoteName } from "@freshet/core/engine"

import { type PlanOperator, readBoundPlan } from "../bound-plan.ts"
import { getNumberCell } from "../cell.ts"
import type { Connection } from "../session.ts"
import { formatColumnDefinitions, formatColumnList, quoteText } from "../sql-text.ts"
import { isLateral } from "./lateral-query.ts"
import { isRowWise, restrictScans, type Scan, type ValueOrigin } from "./restrict-scans.ts"
import { findSeparateKeys } from "./separate-keys.ts"
import { formatShared, renderOutput } from "./slice-query.ts"
import type { JoinedValues, Slice, SlicedNode, Slices } from "./slice.ts"
import type { TraceInput, TraceNode, TraceRequest, TraceStop } from "./trace-request.ts"

/** Rows of an input that are wanted: for each column a table with the values in its column `v`. All rows without a column. */
interface Demand {
  readonly keys: ReadonlyMap<string, string>
}

/** Provides the relation with all rows of an input, as text of a query. */
export type ReadBase = (input: TraceInput) => Promise<string>

/** Results of statements, which slices that grow share as far as the demands of rows are the same. */
export interface SliceCache {
  /** Query → the number of rows. */
  readonly counts: Map<string, number>
  /** Query of values → the table with them. */
  readonly values: Map<string, string>
  /** Input → its newest slice. */
  readonly slices: Map<string, Slice>
  /** Computation and output → the plan of the query. */
  readonly plans: Map<string, PlanOperator>
}

interface SliceContext {
  readonly connection: Connection
  readonly request: TraceRequest
  readonly readBase: ReadBase
  /** Label of joined values → a table with further values. */
  readonly furtherValues: ReadonlyMap<string, string>
  readonly demands: Map<string, Demand[]>
  readonly cache: SliceCache
  readonly joinedValues: JoinedValues[]
  readonly nextTable: (kind: string) => string
}

/**
 * Finds the rows of every input that can matter for the traced row, from the row upstream: filters on its key move
 * through the queries, and a joined relation is restricted to the values that the other side has.
 */
export async function sliceInputs(
  options: Pick<SliceContext, "connection" | "request" | "readBase" | "furtherValues" | "cache"> & {
    readonly round: number
  },
): Promise<Slices> {
  let tables = 0
  const nextTable = (kind: string) => quoteName(` ${kind} ${options.round} ${(tables += 1)}`)
  const context = { ...options, demands: new Map(), joinedValues: [], nextTable }
  const { request } = options
  await demandTarget(context)
  const byInput = new Map<string, Slice>()
  const nodes: SlicedNode[] = []
  const stops: TraceStop[] = []
  for (const node of request.nodes) {
    const slices = await sliceOutputs(context, node)
    for (const slice of slices) byInput.set(slice.input.id, slice)
    if (slices.length === 0) continue
    const plans = await planOutputs(context, node)
    const isNodeRowWise = plans.every(({ plan }) => isRowWise(plan))
    if (isNodeRowWise && slices.every(({ rows }) => rows === 0)) continue
    const upstream = await demandUpstream(context, node, plans)
    const [first] = slices
    if (upstream === "too_many_rows" && first !== undefined)
      stops.push({ input: first.input.id, reason: upstream })
    else
      nodes.push({
        node,
        isRowWise: isNodeRowWise,
        isLateral: plans.every(({ plan }) => isLateral(plan)),
        separateKeys: new Map(plans.map(({ input, plan }) => [input, findSeparateKeys(plan)])),
      })
  }
  for (const input of request.inputs.values()) {
    const slice = byInput.has(input.id) ? undefined : await sliceInput(context, input)
    if (slice !== undefined) byInput.set(input.id, slice)
  }
  return { byInput, nodes, stops, joinedValues: context.joinedValues }
}

async function demandTarget(context: SliceContext): Promise<void> {
  const { request, demands } = context
  const input = request.inputs.get(request.target.input)
  if (input === undefined) return
  const columns = getColumns(input)
  const keys = new Map<string, string>()
  for (const [column, value] of Object.entries(request.target.key)) {
    const type = columns[column]?.type ?? "VARCHAR"
    const query = `SELECT CAST(${quoteText(value)} AS ${type}) AS v`
    keys.set(column, await storeValues(context, query))
  }
  demands.set(input.id, [{ keys }])
}

/** Stores the values that a query selects. Returns the table. */
async function storeValues(
  { connection, cache, nextTable }: SliceContext,
  query: string,
): Promise<string> {
  const storedTable = cache.values.get(query)
  if (storedTable !== undefined) return storedTable
  const table = nextTable("key")
  await connection.run(`CREATE TEMP TABLE ${table} AS ${query}`)
  cache.values.set(query, table)
  return table
}

/** Returns the columns of an input's rows. */
function getColumns(input: TraceInput): Columns {
  return input.kind === "stored" ? input.columns : input.source.columns
}

async function sliceOutputs(context: SliceContext, node: TraceNode): Promise<readonly Slice[]> {
  const slices: Slice[] = []
  for (const { input: id } of node.outputs) {
    const input = context.request.inputs.get(id)
    const slice = input && (await sliceInput(context, input))
    if (slice !== undefined) slices.push(slice)
  }
  return slices
}

/**
 * Copies the demanded rows of an input; undefined if none are demanded. A slice that grows keeps the numbers of its rows.
 */
async function sliceInput(context: SliceContext, input: TraceInput): Promise<Slice | undefined> {
  const demands = context.demands.get(input.id)
  if (demands === undefined) return undefined
  const { connection, nextTable, readBase, cache } = context
  const condition = formatCondition(demands)
  const previous = cache.slices.get(input.id)
  if (previous?.condition === condition) return previous
  const table = nextTable("slice")
  const columns = getColumns(input)
  const origins = input.kind === "landed" ? `, " file", " ordinal"` : ""
  const [start, isNew] =
    previous === undefined
      ? ["", ""]
      : [`FROM ${previous.table} UNION ALL`, `AND (${previous.condition}) IS NOT TRUE`]
  const [row] = await connection.rows(`
    CREATE TEMP TABLE ${table} AS ${start}
    SELECT (${previous?.rows ?? 0} + row_number() OVER ())::INTEGER AS " rid", ${formatColumnList(columns)}${origins}
    FROM (${await readBase(input)}) AS rows WHERE (${condition}) ${isNew};
    SELECT count(*)::DOUBLE AS rows FROM ${table}`)
  const slice: Slice = { input, table, columns, rows: getNumberCell(row, "rows"), condition }
  cache.slices.set(input.id, slice)
  return slice
}

/** Formats the condition that a row is wanted by one of the demands. */
function formatCondition(demands: readonly Demand[]): string {
  const tables = new Map<string, string[]>()
  const conditions: string[] = []
  for (const { keys } of demands) {
    const [first] = keys
    if (first === undefined || keys.size > 1) conditions.push(`(${formatKeyCondition(keys)})`)
    else tables.set(first[0], [...(tables.get(first[0]) ?? []), first[1]])
  }
  for (const [column, names] of tables) {
    const values = names.map((table) => `FROM ${table}`).join(" UNION ")
    conditions.push(`${quoteName(column)} IN (${values})`)
  }
  return conditions.join(" OR ")
}

function formatKeyCondition(keys: Demand["keys"]): string {
  const conditions = [...keys].map(([column, table]) => `${quoteName(column)} IN (FROM ${table})`)
  return conditions.length === 0 ? "true" : conditions.join(" AND ")
}

/** The plan of an output's query. */
interface OutputPlan {
  readonly input: string
  readonly columns: readonly string[]
  readonly plan: PlanOperator
}

async function planOutputs(context: SliceContext, node: TraceNode): Promise<readonly OutputPlan[]> {
  const { demands, cache } = context
  const outputs = node.outputs
    .filter(({ input }) => demands.has(input))
    .map((output) => ({ ...output, id: `${node.computation.name} ${output.asset.name}` }))
  const unplannedOutputs = outputs.filter(({ id }) => !cache.plans.has(id))
  if (unplannedOutputs.length > 0) await createEmptyRelations(context, node)
  for (const { asset, id } of unplannedOutputs) {
    const sql = `${formatShared(node)} SELECT ${formatColumnList(asset.columns)} FROM (${renderOutput(node, asset.name)}\n)`
    cache.plans.set(id, await readBoundPlan(context.connection, sql)) // the query of another partition differs only in literals
  }
  return outputs.flatMap(({ asset, input, id }) => {
    const plan = cache.plans.get(id)
    return plan === undefined ? [] : [{ input, columns: Object.keys(asset.columns), plan }]
  })
}

/** Creates the relations of a node's queries without rows, as the engine needs them to bind the queries. */
async function createEmptyRelations(
  { connection, request }: SliceContext,
  node: TraceNode,
): Promise<void> {
  for (const [relation, [first = ""]] of node.reads) {
    const input = request.inputs.get(first)
    const columns = input === undefined ? findColumns(node, relation) : getColumns(input)
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${quoteName(relation)} (${formatColumnDefinitions(columns)})`,
    )
  }
}

function findColumns({ computation, outputs }: TraceNode, relation: string): Columns {
  const read = computation.reads.find(({ asset }) => asset?.name === relation)
  return read?.asset?.columns ?? outputs[0]?.asset.columns ?? {}
}

type UpstreamDemands = readonly { readonly input: TraceInput; readonly demand: Demand }[]

/** Demands the rows of the inputs that the demanded outputs need, unless they are too many. */
async function demandUpstream(
  context: SliceContext,
  node: TraceNode,
  plans: readonly OutputPlan[],
): Promise<"demanded" | "too_many_rows"> {
  const additions: UpstreamDemands[number][] = []
  for (const { input, columns, plan } of plans)
    for (const [index, demand] of (context.demands.get(input) ?? []).entries()) {
      const positions = [...demand.keys.keys()].map((column) => columns.indexOf(column))
      const scans = restrictScans(plan, positions)
      const label = `${node.id} ${input} ${index}`
      additions.push(...(await demandScans(context, node, { scans, columns, demand, label })))
    }
  const { rows, joinedRows } = context.request.limits
  const isSeparate = plans.every(
    ({ plan }) => isRowWise(plan) || findSeparateKeys(plan) !== undefined,
  )
  const limit = isSeparate ? rows : joinedRows
  for (const { input, demand } of additions)
    if (await hasTooManyRows(context, input, demand, limit)) return "too_many_rows"
  for (const { input, demand } of additions) {
    const demands = context.demands.get(input.id) ?? []
    context.demands.set(input.id, addDemand(demands, demand))
  }
  return "demanded"
}

/** Adds a demand, unless another one wants all of its rows. */
function addDemand(demands: readonly Demand[], demand: Demand): Demand[] {
  if (demands.some((wider) => isWider(wider, demand))) return [...demands]
  return [...demands.filter((narrower) => !isWider(demand, narrower)), demand]
}

function isWider(wider: Demand, narrower: Demand): boolean {
  return [...wider.keys].every(([column, table]) => narrower.keys.get(column) === table)
}

/** Tests if a demand wants more rows than a limit. The rows are counted only if the input has so many. */
async function hasTooManyRows(
  context: SliceContext,
  input: TraceInput,
  demand: Demand,
  limit: number,
): Promise<boolean> {
  if ((await countRows(context, input, "true")) <= limit) return false
  return (await countRows(context, input, formatKeyCondition(demand.keys))) > limit
}

async function countRows(
  { connection, readBase, cache }: SliceContext,
  input: TraceInput,
  condition: string,
): Promise<number> {
  const base = await readBase(input)
  const query = `SELECT count(*)::DOUBLE AS rows FROM (${base}) AS rows WHERE ${condition}`
  const count = cache.counts.get(query) ?? getNumberCell((await connection.rows(query))[0], "rows")
  cache.counts.set(query, count)
  return count
}

async function demandScans(
  context: SliceContext,
  node: TraceNode,
  output: {
    readonly scans: readonly Scan[]
    readonly columns: readonly string[]
    readonly demand: Demand
    readonly label: string
  },
): Promise<UpstreamDemands> {
  const { scans } = output
  const scanDemands: Demand[] = []
  const additions: UpstreamDemands[number][] = []
  for (const [at, scan] of scans.entries()) {
    const keys = new Map<string, string>()
    for (const [column, origin] of selectRestrictions(scan)) {
      const label = `${output.label} ${at} ${column}`
      keys.set(column, await findValues(context, node, { ...output, label, origin, scanDemands }))
    }
    scanDemands.push({ keys })
    const isCounted = scan.isTotal && keys.size === 0
    const hasOther = scans.some(
      ({ relation, restrictions }) => relation === scan.relation && restrictions.size > 0,
    )
    if (isCounted && hasOther) continue
    for (const id of node.reads.get(scan.relation) ?? []) {
      const input = context.request.inputs.get(id)
      if (input !== undefined) additions.push({ input, demand: { keys } })
    }
  }
  return additions
}

/** Selects the restrictions of a scan: those by the result, which hold for all data, make those by other scans needless. */
function selectRestrictions({ restrictions }: Scan): readonly (readonly [string, ValueOrigin])[] {
  const byResult = [...restrictions].filter(([, { kind }]) => kind === "result")
  return byResult.length > 0 ? byResult : [...restrictions]
}

/** Returns the table of the values that a column may have. */
async function findValues(
  context: SliceContext,
  node: TraceNode,
  values: {
    readonly origin: ValueOrigin
    readonly label: string
    readonly scans: readonly Scan[]
    readonly columns: readonly string[]
    readonly demand: Demand
    readonly scanDemands: readonly Demand[]
  },
): Promise<string> {
  const { origin, label, scans, columns, demand, scanDemands } = values
  if (origin.kind === "result") return demand.keys.get(columns[origin.position] ?? "") ?? ""
  const { request, readBase, furtherValues } = context
  const sources = origin.columns.flatMap(({ scan, column }) =>
    (node.reads.get(scans[scan]?.relation ?? "") ?? []).map((input) => ({
      input,
      column,
      condition: formatKeyCondition(scanDemands[scan]?.keys ?? new Map()),
    })),
  )
  const queries: string[] = []
  for (const { input: id, column, condition } of sources) {
    const input = request.inputs.get(id)
    if (input === undefined) continue
    const base = await readBase(input)
    queries.push(`SELECT ${quoteName(column)} AS v FROM (${base}) AS rows WHERE ${condition}`)
  }
  const further = furtherValues.get(label)
  if (further !== undefined) queries.push(`FROM ${further}`)
  const rows = queries.length === 0 ? "SELECT NULL AS v WHERE false" : queries.join(" UNION ALL ")
  const table = await storeValues(context, `SELECT DISTINCT v FROM (${rows})`)
  context.joinedValues.push({ label, table, sources })
  return table
}
