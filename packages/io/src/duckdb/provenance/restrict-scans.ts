import type { PlanExpression, PlanOperator } from "../bound-plan.ts"
import { countColumns, listJoinColumns, readReference } from "./plan-columns.ts"

/** A column of one use of a relation. */
export interface ScanColumn {
  readonly scan: number
  readonly column: string
}

/** The source of the values that suffice: a column of the query's result, or columns of other scans. */
export type ValueOrigin =
  | { readonly kind: "result"; readonly position: number }
  | { readonly kind: "scans"; readonly columns: readonly ScanColumn[] }

/** One use of a relation in a query. */
export interface Scan {
  readonly relation: string
  /** Column → the values that suffice for these rows. Without a column every row may matter. */
  readonly restrictions: ReadonlyMap<string, ValueOrigin>
  /** True below an aggregate without groups, such as the count of a whole relation. */
  readonly isTotal: boolean
}

/**
 * Lists the uses of relations in a bound plan, with the rows of each that suffice to compute the result's rows with some
 * values in the columns at these positions. A filter on the result moves towards the scans wherever that holds for all
 * data: through grouped columns and partitions of windows, not through limits.
 */
export function restrictScans(plan: PlanOperator, positions: readonly number[]): readonly Scan[] {
  const scans: Scan[] = []
  const origins = positions.map((position): [number, ValueOrigin] => [
    position,
    { kind: "result", position },
  ])
  walk(plan, new Map(origins), { scans, ctes: new Map(), correlated: undefined, isTotal: false })
  return scans
}

const rowWiseOperators = new Set([
  "LOGICAL_GET",
  "LOGICAL_PROJECTION",
  "LOGICAL_FILTER",
  "LOGICAL_UNION",
  "LOGICAL_UNNEST",
  "LOGICAL_ORDER_BY",
])

/** Tests if each row of the result comes from one row of one relation, whichever other rows exist. */
export function isRowWise({ type, children = [] }: PlanOperator): boolean {
  return rowWiseOperators.has(type) && children.every(isRowWise)
}

/** The scan columns whose values a column has; undefined for a computed column. */
type SourceColumn = readonly ScanColumn[] | undefined

/** Position of a column → the values that suffice. */
type Needs = ReadonlyMap<number, ValueOrigin>

interface Scope {
  readonly scans: Scan[]
  readonly ctes: ReadonlyMap<number, PlanOperator>
  /** The columns of the left input of the correlated join around an operator. */
  readonly correlated: CorrelatedColumns | undefined
  readonly isTotal: boolean
}

interface CorrelatedColumns {
  readonly sources: readonly SourceColumn[]
  readonly origins: readonly (ValueOrigin | undefined)[]
}

type Walk = (operator: PlanOperator, needs: Needs, scope: Scope) => readonly SourceColumn[]

const walks: Readonly<Record<string, Walk>> = {
  LOGICAL_GET: walkTable,
  LOGICAL_PROJECTION: walkProjection,
  LOGICAL_FILTER: walkFilter,
  LOGICAL_AGGREGATE_AND_GROUP_BY: walkAggregate,
  LOGICAL_WINDOW: walkWindow,
  LOGICAL_UNNEST: (operator, needs, scope) => walkInput(operator, needs, scope),
  LOGICAL_ORDER_BY: (operator, needs, scope) =>
    walkSelected(operator, operator.projection_map, needs, scope),
  LOGICAL_DISTINCT: walkDistinct,
  LOGICAL_UNION: walkSetOperation,
  LOGICAL_EXCEPT: walkSetOperation,
  LOGICAL_INTERSECT: walkSetOperation,
  LOGICAL_COMPARISON_JOIN: (operator, needs, scope) =>
    walkJoin(operator, needs, scope, listConditionPairs(operator, scope)),
  LOGICAL_CROSS_PRODUCT: (operator, needs, scope) => walkJoin(operator, needs, scope, []),
  LOGICAL_DELIM_JOIN: walkCorrelatedJoin,
  LOGICAL_DELIM_GET: (_, _wanted, { correlated }) => correlated?.sources ?? [],
  LOGICAL_MATERIALIZED_CTE: walkCte,
  LOGICAL_CTE_REF: ({ cte_index: cte = 0 }, needs, scope) => {
    const definition = scope.ctes.get(cte)
    return definition === undefined ? [] : walk(definition, needs, scope)
  },
}

function walk(operator: PlanOperator, needs: Needs, scope: Scope): readonly SourceColumn[] {
  return (walks[operator.type] ?? walkUnknown)(operator, needs, scope)
}

/** Every row of the inputs of an operator that is not handled may matter. */
function walkUnknown({ children = [] }: PlanOperator, _: Needs, scope: Scope) {
  for (const child of children) walk(child, new Map(), scope)
  return []
}

function walkInput({ children: [input] = [] }: PlanOperator, needs: Needs, scope: Scope) {
  return input === undefined ? [] : walk(input, needs, scope)
}

/** Walks the input of an operator whose columns are those of the input at some positions; all columns for an empty list. */
function walkSelected(
  operator: PlanOperator,
  positions: readonly number[] = [],
  needs: Needs,
  scope: Scope,
): readonly SourceColumn[] {
  if (positions.length === 0) return walkInput(operator, needs, scope)
  const sources = walkInput(operator, mapPositions(needs, positions), scope)
  return positions.map((position) => sources[position])
}

function mapPositions(needs: Needs, positions: readonly (number | undefined)[]): Needs {
  return new Map(
    [...needs].flatMap(([at, origin]): [number, ValueOrigin][] => {
      const position = positions[at]
      return position === undefined ? [] : [[position, origin]]
    }),
  )
}

function walkTable(operator: PlanOperator, needs: Needs, { scans, isTotal }: Scope) {
  const { names = [], function_data: data, column_indexes: indexes = [] } = operator
  const { projection_ids: ids = [], children = [] } = operator
  const relation = data?.table
  if (relation === undefined || children.length > 0) return []
  const scan = scans.length
  const columns = indexes.map(({ index }) => names[index])
  const selected = ids.length === 0 ? columns : ids.map((id) => columns[id])
  const restrictions = [...needs].flatMap(([position, origin]): [string, ValueOrigin][] => {
    const name = selected[position]
    return name === undefined ? [] : [[name, origin]]
  })
  scans.push({ relation, restrictions: new Map(restrictions), isTotal })
  return selected.map((column) => (column === undefined ? undefined : [{ scan, column }]))
}

function walkProjection(operator: PlanOperator, needs: Needs, scope: Scope) {
  const positions = (operator.expressions ?? []).map(readReference)
  const sources = walkInput(operator, mapPositions(needs, positions), scope)
  return positions.map((position) => (position === undefined ? undefined : sources[position]))
}

function walkFilter(operator: PlanOperator, needs: Needs, scope: Scope) {
  const [input] = operator.children ?? []
  const { projection_map: positions = [] } = operator
  if (input?.type !== "LOGICAL_CROSS_PRODUCT")
    return walkSelected(operator, positions, needs, scope)
  const pairs = (operator.expressions ?? []).flatMap(listEqualPairs)
  const inputNeeds = positions.length === 0 ? needs : mapPositions(needs, positions)
  const sources = walkJoin(input, inputNeeds, scope, pairs)
  return positions.length === 0 ? sources : positions.map((position) => sources[position])
}

/** A pair of positions whose columns are equal in every row. */
type Pair = readonly [left: number, right: number]

/** Lists the columns that a condition compares for equality. */
function listEqualPairs(expression: unknown): readonly Pair[] {
  const { type, children, left: leftSide, right: rightSide } = expression as PlanExpression
  if (type === "CONJUNCTION_AND" && Array.isArray(children)) return children.flatMap(listEqualPairs)
  const [leftAt, rightAt] = [readReference(leftSide), readReference(rightSide)]
  if (type !== "COMPARE_EQUAL" || leftAt === undefined || rightAt === undefined) return []
  return [leftAt < rightAt ? [leftAt, rightAt] : [rightAt, leftAt]]
}

/** Lists the equalities of a join, as positions among the columns of both inputs. */
function listConditionPairs(
  { children: [leftInput] = [], conditions = [] }: PlanOperator,
  scope: Scope,
): readonly Pair[] {
  const width = leftInput === undefined ? undefined : countColumns(leftInput, scope)
  if (width === undefined) return []
  return conditions.flatMap(({ left: leftSide, right: rightSide, comparison }): readonly Pair[] => {
    const [leftAt, rightAt] = [readReference(leftSide), readReference(rightSide)]
    return comparison === "COMPARE_EQUAL" && leftAt !== undefined && rightAt !== undefined
      ? [[leftAt, rightAt + width]]
      : []
  })
}

function walkAggregate(operator: PlanOperator, needs: Needs, scope: Scope) {
  const { groups = [] } = operator
  const { grouping_sets: sets } = operator
  const isTotal = scope.isTotal || groups.length === 0
  const hasSets = Array.isArray(sets) && sets.length > 1
  const positions = hasSets ? [] : groups.map(readReference)
  const sources = walkInput(operator, mapPositions(needs, positions), { ...scope, isTotal })
  return positions.map((position) => (position === undefined ? undefined : sources[position]))
}

/** A window keeps the filters on columns by which all its functions are partitioned. */
function walkWindow(operator: PlanOperator, needs: Needs, scope: Scope) {
  const partitions = (operator.expressions ?? []).map((expression) => {
    const { partitions: columns } = expression as PlanExpression
    return Array.isArray(columns) ? columns.map(readReference) : []
  })
  const remaining = [...needs].filter(([at]) => partitions.every((columns) => columns.includes(at)))
  return walkInput(operator, new Map(remaining), scope)
}

function walkDistinct(operator: PlanOperator, needs: Needs, scope: Scope) {
  const { distinct_targets: targets } = operator
  const positions = Array.isArray(targets) ? targets.map(readReference) : []
  const remaining = [...needs].filter(([at]) => positions.includes(at))
  return walkInput(operator, new Map(remaining), scope)
}

function walkSetOperation({ children = [] }: PlanOperator, needs: Needs, scope: Scope) {
  const inputs = children.map((child) => walk(child, needs, scope))
  return (inputs[0] ?? []).map((_, at): SourceColumn => {
    const sources = inputs.map((input) => input[at])
    return sources.includes(undefined) ? undefined : sources.flatMap((source) => source ?? [])
  })
}

function walkCte(
  { table_index: index = 0, children = [] }: PlanOperator,
  needs: Needs,
  scope: Scope,
) {
  const [definition, query] = children
  if (definition === undefined || query === undefined) return []
  return walk(query, needs, { ...scope, ctes: new Map([...scope.ctes, [index, definition]]) })
}

/** Lets filters on compared columns pass from one input to the other. */
type Direction = "both" | "left" | "right" | "none"

const directions: Readonly<Record<string, Direction>> = {
  INNER: "both",
  LEFT: "left",
  SEMI: "left",
  ANTI: "left",
  MARK: "left",
  SINGLE: "left",
  RIGHT: "right",
  RIGHT_SEMI: "right",
  RIGHT_ANTI: "right",
}

/** One input of a join during the walk. */
interface JoinInput {
  readonly operator: PlanOperator
  readonly needs: Map<number, ValueOrigin>
}

function walkJoin(
  operator: PlanOperator,
  needs: Needs,
  scope: Scope,
  pairs: readonly Pair[],
): readonly SourceColumn[] {
  const [leftChild, rightChild] = operator.children ?? []
  const width = leftChild && countColumns(leftChild, scope)
  const rightWidth = rightChild && countColumns(rightChild, scope)
  if (leftChild === undefined || rightChild === undefined) return []
  if (width === undefined || rightWidth === undefined) return walkUnknown(operator, needs, scope)
  const joinType = operator.join_type ?? "INNER"
  const direction = directions[joinType] ?? "none"
  const columns = listJoinColumns(operator, joinType, width, rightWidth)
  const byInput = mapPositions(needs, columns)
  const leftInput: JoinInput = { operator: leftChild, needs: new Map() }
  const rightInput: JoinInput = { operator: rightChild, needs: new Map() }
  for (const [at, origin] of byInput)
    if (at < width && direction !== "right" && direction !== "none") leftInput.needs.set(at, origin)
    else if (at >= width && (direction === "both" || direction === "right"))
      rightInput.needs.set(at - width, origin)
  const crossing = pairs
    .filter(([leftAt, rightAt]) => leftAt < width && rightAt >= width)
    .map(([leftAt, rightAt]): Pair => [leftAt, rightAt - width])
  const innerPairs = pairs.filter(([, rightAt]) => rightAt < width)
  const startsRight =
    direction === "right" ||
    (direction === "both" && leftInput.needs.size === 0 && rightInput.needs.size > 0)
  const turned = crossing.map(([leftAt, rightAt]): Pair => [rightAt, leftAt])
  const [leftSources = [], rightSources = []] = startsRight
    ? walkInOrder(
        rightInput,
        leftInput,
        { pairs: turned, direction, innerPairs: [] },
        scope,
      ).toReversed()
    : walkInOrder(leftInput, rightInput, { pairs: crossing, direction, innerPairs }, scope)
  const sources = [...padColumns(leftSources, width), ...rightSources]
  return columns.map((at) => (at === undefined ? undefined : sources[at]))
}

/** Walks the deciding input of a join first: the rows of the other one are those that its rows can match. */
function walkInOrder(
  first: JoinInput,
  second: JoinInput,
  join: {
    readonly pairs: readonly Pair[]
    readonly direction: Direction
    readonly innerPairs: readonly Pair[]
  },
  scope: Scope,
): readonly (readonly SourceColumn[])[] {
  const { pairs, direction, innerPairs } = join
  if (direction === "none")
    return [first, second].map((input) => walk(input.operator, new Map(), scope))
  if (direction === "both") addCorrelated(first, second, pairs, scope)
  const isRestricted = first.needs.size > 0 || first.operator.type === "LOGICAL_DELIM_GET"
  const sources =
    first.operator.type === "LOGICAL_CROSS_PRODUCT"
      ? walkJoin(first.operator, first.needs, scope, innerPairs)
      : walk(first.operator, first.needs, scope)
  for (const [at, otherAt] of pairs) {
    const columns = sources[at]
    const origin =
      first.needs.get(at) ??
      (isRestricted && columns !== undefined ? { kind: "scans" as const, columns } : undefined)
    if (origin !== undefined && !second.needs.has(otherAt)) second.needs.set(otherAt, origin)
  }
  return [sources, walk(second.operator, second.needs, scope)]
}

/** Adds the values of the outer query to an input that is compared with its columns. */
function addCorrelated(
  first: JoinInput,
  second: JoinInput,
  pairs: readonly Pair[],
  { correlated }: Scope,
): void {
  if (second.operator.type !== "LOGICAL_DELIM_GET" || correlated === undefined) return
  for (const [at, outerAt] of pairs) {
    const origin = correlated.origins[outerAt]
    if (origin !== undefined && !first.needs.has(at)) first.needs.set(at, origin)
  }
}

/** A join that gives the distinct values of columns of its left input to operators in its right input. */
function walkCorrelatedJoin(operator: PlanOperator, needs: Needs, scope: Scope) {
  const [leftChild, rightChild] = operator.children ?? []
  const { duplicate_eliminated_columns: references = [] } = operator
  if (leftChild === undefined || rightChild === undefined) return []
  const joinType = operator.join_type ?? "INNER"
  const width = countColumns(leftChild, scope)
  const rightWidth = countColumns(rightChild, {
    ...scope,
    correlated: noCorrelatedColumns(references),
  })
  if (width === undefined || rightWidth === undefined) return walkUnknown(operator, needs, scope)
  const columns = listJoinColumns(operator, joinType, width, rightWidth)
  const isLeft = ["left", "both"].includes(directions[joinType] ?? "none")
  const leftNeeds = new Map(
    isLeft ? [...mapPositions(needs, columns)].filter(([at]) => at < width) : [],
  )
  const leftSources = walk(leftChild, leftNeeds, scope)
  const positions = references.map(readReference)
  const sources = positions.map((at) => (at === undefined ? undefined : leftSources[at]))
  const origins = positions.map((at, index): ValueOrigin | undefined => {
    const origin = at === undefined ? undefined : leftNeeds.get(at)
    const source = sources[index]
    if (origin !== undefined || source === undefined || leftNeeds.size === 0) return origin
    return { kind: "scans", columns: source }
  })
  const rightSources = walk(rightChild, new Map(), { ...scope, correlated: { sources, origins } })
  const all = [...padColumns(leftSources, width), ...rightSources]
  return columns.map((at) => (at === undefined ? undefined : all[at]))
}

function noCorrelatedColumns(references: readonly unknown[]): CorrelatedColumns {
  return { sources: references.map(() => undefined), origins: [] }
}

function padColumns(sources: readonly SourceColumn[], width: number): readonly SourceColumn[] {
  return Array.from({ length: width }, (_, at) => sources[at])
}
