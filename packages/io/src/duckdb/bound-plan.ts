import { getTextCell } from "./cell.ts"
import { toEngineError } from "./engine-error.ts"
import type { Connection } from "./session.ts"
import { quoteText } from "./sql-text.ts"

/** An expression of a bound plan. References to columns, `BOUND_REF`, hold a position among the columns of the operator's children. */
export type PlanExpression = Readonly<Record<string, unknown>>

/** An operator of a bound plan, with the fields that lineage reads. */
export interface PlanOperator {
  readonly type: string
  readonly children?: readonly PlanOperator[]
  readonly expressions?: readonly unknown[]
  readonly groups?: readonly PlanExpression[]
  readonly grouping_functions?: readonly unknown[]
  readonly conditions?: readonly PlanExpression[]
  readonly join_type?: string
  readonly names?: readonly string[]
  readonly function_data?: { readonly table?: string }
  readonly column_indexes?: readonly { readonly index: number }[]
  readonly projection_ids?: readonly number[]
  readonly projection_map?: readonly number[]
  readonly left_projection_map?: readonly number[]
  readonly right_projection_map?: readonly number[]
  readonly table_index?: number
  readonly cte_index?: number
  readonly duplicate_eliminated_columns?: readonly PlanExpression[]
  readonly [field: string]: unknown
}

/** Binds a query and returns the engine's plan, before the optimizer changes it. */
export async function readBoundPlan(connection: Connection, sql: string): Promise<PlanOperator> {
  const options = ["skip_null", "skip_empty", "skip_default", "optimize"].map(
    (name) => `${name} := false`,
  )
  const call = `json_serialize_plan(${[quoteText(sql), ...options].join(", ")})`
  const [row] = await connection.rows(`SELECT ${call}::VARCHAR AS plan`)
  const answer = JSON.parse(getTextCell(row, "plan")) as SerializedPlan // the engine's own answer
  const plan = answer.plans?.[0]
  if (plan === undefined) throw toEngineError("the query", new Error(answer.error_message))
  return plan
}

interface SerializedPlan {
  readonly error_message?: string
  readonly plans?: readonly PlanOperator[]
}
