import type { PlanExpression, PlanOperator } from "../bound-plan.ts"

/** The operators around an operator, as far as they decide its columns. */
export interface ColumnScope {
  readonly ctes: ReadonlyMap<number, PlanOperator>
  readonly correlated: { readonly sources: readonly unknown[] } | undefined
}

/** Returns the position of a referenced column; undefined for another expression. */
export function readReference(expression: unknown): number | undefined {
  const { type, index } = (expression ?? {}) as PlanExpression
  return type === "BOUND_REF" && typeof index === "number" ? index : undefined
}

/** Lists the columns of a join as positions among the columns of both inputs; undefined for a mark. */
export function listJoinColumns(
  { left_projection_map: leftMap = [], right_projection_map: rightMap = [] }: PlanOperator,
  joinType: string,
  width: number,
  rightWidth: number,
): readonly (number | undefined)[] {
  const listPositions = (map: readonly number[], count: number, offset: number) =>
    (map.length === 0 ? Array.from({ length: count }, (_, at) => at) : map).map((at) => at + offset)
  const leftColumns = listPositions(leftMap, width, 0)
  const rightColumns = listPositions(rightMap, rightWidth, width)
  switch (joinType) {
    case "SEMI":
    case "ANTI":
      return leftColumns
    case "RIGHT_SEMI":
    case "RIGHT_ANTI":
      return rightColumns
    case "MARK":
      return [...leftColumns, undefined]
    default:
      return [...leftColumns, ...rightColumns]
  }
}

/** Counts the columns of an operator's rows; undefined for an operator that is not handled. */
export function countColumns(operator: PlanOperator, scope: ColumnScope): number | undefined {
  const { children = [], projection_map: map = [], expressions = [], groups = [] } = operator
  const [input, secondInput] = children
  const count = (child: PlanOperator | undefined) => child && countColumns(child, scope)
  switch (operator.type) {
    case "LOGICAL_GET":
      return (operator.projection_ids ?? []).length || (operator.column_indexes ?? []).length
    case "LOGICAL_PROJECTION":
      return expressions.length
    case "LOGICAL_AGGREGATE_AND_GROUP_BY":
      return groups.length + expressions.length + (operator.grouping_functions ?? []).length
    case "LOGICAL_FILTER":
    case "LOGICAL_ORDER_BY":
      return map.length || count(input)
    case "LOGICAL_DISTINCT":
    case "LOGICAL_LIMIT":
    case "LOGICAL_TOP_N":
    case "LOGICAL_UNION":
    case "LOGICAL_EXCEPT":
    case "LOGICAL_INTERSECT":
      return count(input)
    case "LOGICAL_WINDOW":
    case "LOGICAL_UNNEST": {
      const width = count(input)
      return width === undefined ? undefined : width + expressions.length
    }
    case "LOGICAL_DELIM_GET":
      return scope.correlated?.sources.length
    case "LOGICAL_CTE_REF":
      return count(scope.ctes.get(operator.cte_index ?? 0))
    case "LOGICAL_CROSS_PRODUCT":
    case "LOGICAL_COMPARISON_JOIN": {
      const [width, rightWidth] = [count(input), count(secondInput)]
      if (width === undefined || rightWidth === undefined) return undefined
      return listJoinColumns(operator, operator.join_type ?? "INNER", width, rightWidth).length
    }
    default:
      return undefined
  }
}
