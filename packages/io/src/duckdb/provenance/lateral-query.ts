import type { PlanOperator } from "../bound-plan.ts"

const lateralOperators = new Set([
  "LOGICAL_GET",
  "LOGICAL_PROJECTION",
  "LOGICAL_FILTER",
  "LOGICAL_AGGREGATE_AND_GROUP_BY",
  "LOGICAL_WINDOW",
  "LOGICAL_UNNEST",
  "LOGICAL_DISTINCT",
  "LOGICAL_UNION",
  "LOGICAL_ORDER_BY",
  "LOGICAL_LIMIT",
  "LOGICAL_TOP_N",
  "LOGICAL_CROSS_PRODUCT",
  "LOGICAL_MATERIALIZED_CTE",
  "LOGICAL_CTE_REF",
])

/** Tests if the engine can run a query in a lateral join, which it cannot for correlated subqueries and some joins. */
export function isLateral(plan: PlanOperator): boolean {
  const { type, join_type: joinType = "INNER", children = [] } = plan
  const isJoin = type === "LOGICAL_COMPARISON_JOIN" && ["INNER", "LEFT"].includes(joinType)
  return (isJoin || lateralOperators.has(type)) && children.every(isLateral)
}
