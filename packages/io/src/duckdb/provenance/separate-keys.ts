import { isDeepStrictEqual } from "node:util"

import type { PlanExpression, PlanOperator } from "../bound-plan.ts"
import { countColumns, listJoinColumns, readReference } from "./plan-columns.ts"

/**
 * Columns on which the rows of a query depend separately: the result is the union of the results for each tuple of their
 * values, each computed from only the input rows with that tuple.
 */
export interface SeparateKeys {
  /** Relation → the distinct lists of columns with the tuple, of all its uses. */
  readonly uses: ReadonlyMap<string, readonly (readonly string[])[]>
  /** For each column of the tuple its position in the result; undefined for a column that is not in the result. */
  readonly positions: readonly (number | undefined)[]
}

/** One column of a tuple: the positions that have its value, and the column of each scan. */
interface Key {
  readonly positions: ReadonlySet<number>
  readonly columns: ReadonlyMap<number, string>
}

interface Scope {
  readonly scans: { readonly relation: string; readonly isTotal: boolean }[]
  readonly ctes: ReadonlyMap<number, PlanOperator>
  readonly correlated: { readonly sources: readonly unknown[] } | undefined
  readonly isTotal: boolean
}

/**
 * Finds the columns on which the rows of a query depend separately; undefined if there are none. Counts of whole relations
 * are taken as counts of the rows with the tuple.
 */
export function findSeparateKeys(plan: PlanOperator): SeparateKeys | undefined {
  const scans: Scope["scans"] = []
  const keys = separate(plan, { scans, ctes: new Map(), correlated: undefined, isTotal: false })
  if (keys.length === 0) return undefined
  const uses = new Map<string, (readonly string[])[]>()
  for (const [scan, { relation, isTotal }] of scans.entries()) {
    if (isTotal) continue
    const columns = keys.map((key) => key.columns.get(scan) ?? "")
    const tuples = uses.get(relation) ?? []
    if (!tuples.some((tuple) => isDeepStrictEqual(tuple, columns)))
      uses.set(relation, [...tuples, columns])
  }
  return { uses, positions: keys.map(({ positions: [position] }) => position) }
}

type Separate = (operator: PlanOperator, scope: Scope) => readonly Key[]

const separations: Readonly<Record<string, Separate>> = {
  LOGICAL_GET: separateTable,
  LOGICAL_PROJECTION: (operator, scope) =>
    separateSelected(operator, (operator.expressions ?? []).map(readReference), scope),
  LOGICAL_FILTER: separateFilter,
  LOGICAL_ORDER_BY: (operator, scope) =>
    separateSelected(operator, operator.projection_map ?? [], scope),
  LOGICAL_UNNEST: (operator, scope) => separateInput(operator, scope),
  LOGICAL_AGGREGATE_AND_GROUP_BY: separateAggregate,
  LOGICAL_WINDOW: separateWindow,
  LOGICAL_DISTINCT: ({ distinct_targets: targets, ...operator }, scope) => {
    const positions = Array.isArray(targets) ? targets.map(readReference) : []
    return separateInput(operator as PlanOperator, scope).filter((key) =>
      positions.some((at) => at !== undefined && key.positions.has(at)),
    )
  },
  LOGICAL_UNION: separateUnion,
  LOGICAL_CROSS_PRODUCT: (operator, scope) => separateJoin(operator, scope, []),
  LOGICAL_COMPARISON_JOIN: (operator, scope) =>
    separateJoin(operator, scope, listPairs(operator, ["COMPARE_EQUAL"])),
  LOGICAL_DELIM_JOIN: separateCorrelatedJoin,
  LOGICAL_DELIM_GET: (_, { correlated }) =>
    (correlated?.sources ?? []).map((_source, at) => ({
      positions: new Set([at]),
      columns: new Map(),
    })),
  LOGICAL_MATERIALIZED_CTE: ({ table_index: index = 0, children = [] }, scope) => {
    const [definition, query] = children
    if (definition === undefined || query === undefined) return []
    return separate(query, { ...scope, ctes: new Map([...scope.ctes, [index, definition]]) })
  },
  LOGICAL_CTE_REF: ({ cte_index: index = 0 }, scope) => {
    const definition = scope.ctes.get(index)
    return definition === undefined ? [] : separate(definition, scope)
  },
}

function separate(operator: PlanOperator, scope: Scope): readonly Key[] {
  const separation = separations[operator.type]
  if (separation !== undefined) return separation(operator, scope)
  for (const child of operator.children ?? []) separate(child, scope)
  return []
}

function separateInput({ children: [input] = [] }: PlanOperator, scope: Scope): readonly Key[] {
  return input === undefined ? [] : separate(input, scope)
}

/** Follows keys to the positions of an operator that selects columns of its input; all columns for an empty list. */
function separateSelected(
  operator: PlanOperator,
  positions: readonly (number | undefined)[],
  scope: Scope,
): readonly Key[] {
  const keys = separateInput(operator, scope)
  return positions.length === 0 ? keys : keys.map((key) => selectPositions(key, positions))
}

function selectPositions(key: Key, positions: readonly (number | undefined)[]): Key {
  const selected = positions.flatMap((position, at) =>
    position !== undefined && key.positions.has(position) ? [at] : [],
  )
  return { ...key, positions: new Set(selected) }
}

function separateTable(operator: PlanOperator, { scans, isTotal }: Scope): readonly Key[] {
  const { names = [], function_data: data, column_indexes: indexes = [] } = operator
  const { projection_ids: ids = [], children = [] } = operator
  const relation = data?.table
  if (relation === undefined || children.length > 0) return []
  const scan = scans.length
  scans.push({ relation, isTotal })
  const columns = indexes.map(({ index }) => names[index])
  const selected = ids.length === 0 ? columns : ids.map((id) => columns[id])
  return selected.flatMap((name, at) =>
    name === undefined ? [] : [{ positions: new Set([at]), columns: new Map([[scan, name]]) }],
  )
}

function separateFilter(operator: PlanOperator, scope: Scope): readonly Key[] {
  const [input] = operator.children ?? []
  const { projection_map: positions = [] } = operator
  if (input?.type !== "LOGICAL_CROSS_PRODUCT") return separateSelected(operator, positions, scope)
  const pairs = (operator.expressions ?? []).flatMap(listEqualColumns)
  const keys = separateJoin(input, scope, pairs)
  return positions.length === 0 ? keys : keys.map((key) => selectPositions(key, positions))
}

type Pair = readonly [left: number, right: number]

/** Lists the pairs of columns that a condition compares for equality, the smaller position first. */
function listEqualColumns(expression: unknown): readonly Pair[] {
  const { type, children, left: leftSide, right: rightSide } = expression as PlanExpression
  if (type === "CONJUNCTION_AND" && Array.isArray(children))
    return children.flatMap(listEqualColumns)
  const [leftAt, rightAt] = [readReference(leftSide), readReference(rightSide)]
  if (type !== "COMPARE_EQUAL" || leftAt === undefined || rightAt === undefined) return []
  return [leftAt < rightAt ? [leftAt, rightAt] : [rightAt, leftAt]]
}

/** Lists the compared columns of a join: positions of the left and of the right input. */
function listPairs({ conditions = [] }: PlanOperator, comparisons: readonly string[]) {
  return conditions.flatMap(({ left: leftSide, right: rightSide, comparison }): readonly Pair[] => {
    const [leftAt, rightAt] = [readReference(leftSide), readReference(rightSide)]
    const isEqual = typeof comparison === "string" && comparisons.includes(comparison)
    return isEqual && leftAt !== undefined && rightAt !== undefined ? [[leftAt, rightAt]] : []
  })
}

function separateAggregate(operator: PlanOperator, scope: Scope): readonly Key[] {
  const { groups = [], grouping_sets: sets } = operator
  const isTotal = scope.isTotal || groups.length === 0
  const keys = separateInput(operator, { ...scope, isTotal })
  if (Array.isArray(sets) && sets.length > 1) return []
  const positions = groups.map(readReference)
  return keys.map((key) => selectPositions(key, positions)).filter(isVisible)
}

function isVisible({ positions }: Key): boolean {
  return positions.size > 0
}

function separateWindow(operator: PlanOperator, scope: Scope): readonly Key[] {
  const partitions = (operator.expressions ?? []).map((expression) => {
    const { partitions: columns } = expression as PlanExpression
    return Array.isArray(columns) ? columns.map(readReference) : []
  })
  return separateInput(operator, scope).filter(({ positions }) =>
    partitions.every((columns) => columns.some((at) => at !== undefined && positions.has(at))),
  )
}

function separateUnion({ children = [] }: PlanOperator, scope: Scope): readonly Key[] {
  const [first = [], ...moreKeys] = children.map((child) => separate(child, scope))
  return moreKeys.reduce(
    (keys, otherKeys) =>
      keys.flatMap((key) =>
        otherKeys.flatMap((other) => {
          const positions = new Set([...key.positions].filter((at) => other.positions.has(at)))
          return positions.size === 0 ? [] : [{ ...mergeKeys(key, other), positions }]
        }),
      ),
    first,
  )
}

function mergeKeys(key: Key, other: Key): Key {
  return { positions: key.positions, columns: new Map([...key.columns, ...other.columns]) }
}

function separateJoin(
  operator: PlanOperator,
  scope: Scope,
  pairs: readonly Pair[],
): readonly Key[] {
  const [leftChild, rightChild] = operator.children ?? []
  if (leftChild === undefined || rightChild === undefined) return []
  const isCross = operator.type === "LOGICAL_CROSS_PRODUCT"
  const width = countColumns(leftChild, scope)
  const rightWidth = countColumns(rightChild, scope)
  const innerPairs = pairs.filter(([, rightAt]) => rightAt < (width ?? 0))
  const leftKeys =
    isCross && leftChild.type === "LOGICAL_CROSS_PRODUCT"
      ? separateJoin(leftChild, scope, innerPairs)
      : separate(leftChild, scope)
  const scansBefore = scope.scans.length
  const rightKeys = separate(rightChild, scope)
  if (width === undefined || rightWidth === undefined) return []
  const crossing = isCross
    ? pairs
        .filter(([leftAt, rightAt]) => leftAt < width && rightAt >= width)
        .map(([leftAt, rightAt]): Pair => [leftAt, rightAt - width])
    : pairs
  const hasOnlyTotals = scope.scans.slice(scansBefore).every(({ isTotal }) => isTotal)
  const joined =
    isCross && hasOnlyTotals && !scope.isTotal && rightChild.type !== "LOGICAL_DELIM_GET"
      ? leftKeys
      : joinKeys(leftKeys, rightKeys, { pairs: crossing, width, joinType: operator.join_type })
  const columns = listJoinColumns(operator, operator.join_type ?? "INNER", width, rightWidth)
  return joined.map((key) => selectPositions(key, columns))
}

function joinKeys(
  leftKeys: readonly Key[],
  rightKeys: readonly Key[],
  join: {
    readonly pairs: readonly Pair[]
    readonly width: number
    readonly joinType: string | undefined
  },
): readonly Key[] {
  const { pairs, width, joinType = "INNER" } = join
  if (!["INNER", "LEFT", "SEMI", "ANTI", "MARK", "SINGLE"].includes(joinType)) return []
  return pairs.flatMap(([leftAt, rightAt]) =>
    leftKeys
      .filter(({ positions }) => positions.has(leftAt))
      .flatMap((key) =>
        rightKeys
          .filter(({ positions }) => positions.has(rightAt))
          .map((other) => {
            const rightPositions = [...other.positions].map((at) => at + width)
            const positions = [...key.positions, ...(joinType === "INNER" ? rightPositions : [])]
            return { ...mergeKeys(key, other), positions: new Set(positions) }
          }),
      ),
  )
}

function separateCorrelatedJoin(operator: PlanOperator, scope: Scope): readonly Key[] {
  const [leftChild, rightChild] = operator.children ?? []
  const { duplicate_eliminated_columns: sources = [] } = operator
  if (leftChild === undefined || rightChild === undefined) return []
  const leftKeys = separate(leftChild, scope)
  const innerScope = { ...scope, correlated: { sources } }
  const rightKeys = separate(rightChild, innerScope)
  const [width, rightWidth] = [countColumns(leftChild, scope), countColumns(rightChild, innerScope)]
  if (width === undefined || rightWidth === undefined) return []
  const joinType = operator.join_type
  const pairs = listPairs(operator, ["COMPARE_EQUAL", "COMPARE_NOT_DISTINCT_FROM"])
  const joined = joinKeys(leftKeys, rightKeys, { pairs, width, joinType })
  const columns = listJoinColumns(operator, joinType ?? "INNER", width, rightWidth)
  return joined.map((key) => selectPositions(key, columns))
}
