import type { PlanExpression, PlanOperator } from "./bound-plan.ts"
import {
  concatColumns,
  formatSource,
  getColumn,
  listSources,
  noSources,
  type RowSources,
  selectColumns,
  toComputed,
  uniteColumns,
  uniteRows,
  uniteValues,
  type ValueSources,
} from "./plan-sources.ts"

/** The rows that operators below refer to by number. */
interface Scope {
  readonly ctes: ReadonlyMap<number, RowSources>
  /** The columns of the correlated joins around an operator, the innermost last. */
  readonly correlated: readonly (readonly ValueSources[])[]
}

/**
 * Traces the columns of a bound plan to the columns of its tables. An operator that is not handled passes every column
 * of its inputs to every column of its output, so that no source is missed.
 */
export function tracePlan(plan: PlanOperator): RowSources {
  const scope = { ctes: new Map(), correlated: [] }
  const isOrder = plan.type === "LOGICAL_ORDER_BY" // the order of the result is no content
  const [input] = plan.children ?? []
  return isOrder && input !== undefined
    ? selectColumns(traceOperator(input, scope), plan.projection_map)
    : traceOperator(plan, scope)
}

type Trace = (operator: PlanOperator, inputs: readonly RowSources[], scope: Scope) => RowSources

function traceOperator(operator: PlanOperator, scope: Scope): RowSources {
  switch (operator.type) {
    case "LOGICAL_MATERIALIZED_CTE":
      return traceCte(operator, scope)
    case "LOGICAL_RECURSIVE_CTE":
      return traceRecursion(operator, scope)
    case "LOGICAL_DELIM_JOIN":
      return traceCorrelatedJoin(operator, scope)
    default: {
      const inputs = (operator.children ?? []).map((child) => traceOperator(child, scope))
      return (traces[operator.type] ?? traceUnknown)(operator, inputs, scope)
    }
  }
}

const emptyRows: RowSources = { columns: [], otherColumns: undefined, rows: new Set() }
const constantRows: RowSources = { ...emptyRows, otherColumns: noSources }

const traces: Readonly<Record<string, Trace>> = {
  LOGICAL_GET: traceTable,
  LOGICAL_DUMMY_SCAN: () => constantRows,
  LOGICAL_EMPTY_RESULT: () => constantRows,
  LOGICAL_EXPRESSION_GET: traceValues,
  LOGICAL_DELIM_GET: (_, _inputs, { correlated }) => traceCorrelatedColumns(correlated),
  LOGICAL_CTE_REF: ({ cte_index: cte }, _, { ctes }) => ctes.get(cte ?? 0) ?? constantRows,
  LOGICAL_PROJECTION: ({ expressions = [] }, [input = emptyRows]) => ({
    columns: expressions.map((expression) => traceExpression(expression, input)),
    otherColumns: undefined,
    rows: input.rows,
  }),
  LOGICAL_FILTER: (operator, [input = emptyRows]) =>
    selectColumns(addRows(input, operator.expressions ?? []), operator.projection_map),
  LOGICAL_AGGREGATE_AND_GROUP_BY: traceAggregate,
  LOGICAL_WINDOW: ({ expressions = [] }, [input = emptyRows]) =>
    concatColumns(input, computeColumns(expressions, input)),
  LOGICAL_UNNEST: ({ expressions = [] }, [input = emptyRows]) =>
    addRows(concatColumns(input, computeColumns(expressions, input)), expressions),
  LOGICAL_ORDER_BY: (operator, [input = emptyRows]) =>
    selectColumns(addRows(input, [operator["orders"]]), operator.projection_map),
  LOGICAL_TOP_N: (operator, [input = emptyRows]) => addRows(input, [operator["orders"]]),
  LOGICAL_LIMIT: (operator, [input = emptyRows]) =>
    addRows(input, [operator["limit_val"], operator["offset_val"]]),
  LOGICAL_DISTINCT: (operator, [input = emptyRows]) =>
    addRows(input, [operator["distinct_targets"], operator["order_by"]]),
  LOGICAL_UNION: (_, inputs) => uniteInputs(inputs),
  LOGICAL_EXCEPT: traceSetDifference,
  LOGICAL_INTERSECT: traceSetDifference,
  LOGICAL_COMPARISON_JOIN: traceJoin,
  LOGICAL_ASOF_JOIN: traceJoin,
  LOGICAL_ANY_JOIN: traceJoin,
  LOGICAL_CROSS_PRODUCT: (_, [leftRows = emptyRows, rightRows = emptyRows]) =>
    concatColumns(leftRows, rightRows),
  LOGICAL_POSITIONAL_JOIN: (_, [leftRows = emptyRows, rightRows = emptyRows]) =>
    concatColumns(leftRows, rightRows),
}

function traceUnknown(_: PlanOperator, inputs: readonly RowSources[]): RowSources {
  const keys = inputs.flatMap((input) => [...listSources(input), ...input.rows])
  return { columns: [], otherColumns: toComputed([toValue(keys)]), rows: new Set(keys) }
}

function toValue(keys: readonly string[]): ValueSources {
  return new Map(keys.map((key) => [key, "computed"]))
}

function traceTable(operator: PlanOperator, inputs: readonly RowSources[]): RowSources {
  const { names = [], function_data: data, column_indexes: indexes = [] } = operator
  if (inputs.length > 0) return traceUnknown(operator, inputs)
  const { table } = data ?? {}
  if (table === undefined) return constantRows
  const columns = indexes.map(({ index }): ValueSources => {
    const name = names[index]
    return name === undefined ? noSources : new Map([[formatSource(table, name), "copied"]])
  })
  return selectColumns({ ...emptyRows, columns }, operator.projection_ids)
}

function traceValues(
  { expressions = [] }: PlanOperator,
  inputs: readonly RowSources[],
): RowSources {
  const input = inputs[0] ?? constantRows
  const lines = expressions.map((line) => (Array.isArray(line) ? line : []))
  const width = Math.max(0, ...lines.map(({ length }) => length))
  const columns = Array.from({ length: width }, (_, at) =>
    uniteValues(lines.map((line): ValueSources => traceExpression(line[at], input))),
  )
  return { columns, otherColumns: undefined, rows: input.rows }
}

/** The columns of the innermost correlated join; those of all joins where several are nested. */
function traceCorrelatedColumns(correlated: Scope["correlated"]): RowSources {
  const [only, ...more] = correlated
  if (only !== undefined && more.length === 0) return { ...emptyRows, columns: only }
  return { ...emptyRows, otherColumns: toComputed(correlated.flat()) }
}

function traceAggregate(operator: PlanOperator, [input = emptyRows]: readonly RowSources[]) {
  const { groups = [], expressions = [], grouping_functions: groupings = [] } = operator
  const groupColumns = groups.map((group) => traceExpression(group, input))
  const groupingColumn = toComputed(groupColumns)
  const columns = [
    ...groupColumns,
    ...computeColumns(expressions, input).columns,
    ...groupings.map(() => groupingColumn),
  ]
  const rows = uniteRows(input.rows, groupingColumn.keys())
  return { columns, otherColumns: undefined, rows }
}

/** Unites two or more inputs column by column. */
function uniteInputs([first = emptyRows, ...moreInputs]: readonly RowSources[]): RowSources {
  return moreInputs.reduce(uniteColumns, first)
}

function traceSetDifference(_: PlanOperator, inputs: readonly RowSources[]): RowSources {
  const united = uniteInputs(inputs)
  return { ...united, rows: uniteRows(united.rows, listSources(united)) }
}

function traceJoin(operator: PlanOperator, inputs: readonly RowSources[]): RowSources {
  const [leftRows = emptyRows, rightRows = emptyRows] = inputs
  const both = concatColumns(leftRows, rightRows)
  const compared = (operator.conditions ?? []).flatMap((condition) =>
    traceCondition(condition, leftRows, rightRows, both),
  )
  const predicates = [operator["condition"], operator["predicate"]].map((expression) =>
    traceReferences(expression, both),
  )
  const matched = toComputed([...compared, ...predicates])
  const joined = joinColumns(operator, leftRows, rightRows, matched)
  return { ...joined, rows: uniteRows(both.rows, matched.keys()) }
}

/** A comparison of an expression over the left input with one over the right input, or an expression over both. */
function traceCondition(
  { left: leftSide, right: rightSide, ...otherFields }: PlanExpression,
  leftRows: RowSources,
  rightRows: RowSources,
  both: RowSources,
): readonly ValueSources[] {
  return [
    traceReferences(leftSide, leftRows),
    traceReferences(rightSide, rightRows),
    traceReferences(otherFields, both),
  ]
}

function joinColumns(
  operator: PlanOperator,
  leftRows: RowSources,
  rightRows: RowSources,
  matched: ValueSources,
): RowSources {
  const leftColumns = selectColumns(leftRows, operator.left_projection_map)
  const rightColumns = selectColumns(rightRows, operator.right_projection_map)
  switch (operator.join_type ?? "INNER") {
    case "SEMI":
    case "ANTI":
      return leftColumns
    case "RIGHT_SEMI":
    case "RIGHT_ANTI":
      return rightColumns
    case "MARK": {
      const mark = toComputed([matched, toValue([...rightRows.rows])])
      return concatColumns(leftColumns, { ...emptyRows, columns: [mark] })
    }
    default:
      return concatColumns(leftColumns, rightColumns)
  }
}

function traceCorrelatedJoin(operator: PlanOperator, scope: Scope): RowSources {
  const [leftChild, rightChild] = operator.children ?? []
  const leftRows = leftChild === undefined ? emptyRows : traceOperator(leftChild, scope)
  const { duplicate_eliminated_columns: correlatedColumns = [] } = operator
  const columns = correlatedColumns.map((expression) => traceExpression(expression, leftRows))
  const correlated = [...scope.correlated, columns]
  const rightRows =
    rightChild === undefined ? emptyRows : traceOperator(rightChild, { ...scope, correlated })
  return traceJoin(operator, [leftRows, rightRows])
}

function traceCte({ table_index: cte = 0, children = [] }: PlanOperator, scope: Scope): RowSources {
  const [definition, consumer] = children
  if (definition === undefined || consumer === undefined) return emptyRows
  const ctes = new Map([...scope.ctes, [cte, traceOperator(definition, scope)] as const])
  return traceOperator(consumer, { ...scope, ctes })
}

/** Repeats the recursive part until no column gains a source. */
function traceRecursion(operator: PlanOperator, scope: Scope): RowSources {
  const { table_index: cte = 0, children = [] } = operator
  const [start, step] = children
  if (start === undefined || step === undefined) return emptyRows
  let current = traceOperator(start, scope)
  for (;;) {
    const ctes = new Map([...scope.ctes, [cte, current] as const])
    const next = uniteColumns(current, traceOperator(step, { ...scope, ctes }))
    const rows = uniteRows(next.rows, listSources(next))
    if (countSources(current) === countSources({ ...next, rows })) return { ...next, rows }
    current = { ...next, rows }
  }
}

function countSources(input: RowSources): number {
  return listSources(input).length + input.rows.size
}

function computeColumns(expressions: readonly unknown[], input: RowSources): RowSources {
  const columns = expressions.map((expression) => traceReferences(expression, input))
  return { ...emptyRows, columns }
}

/** Adds the columns of expressions to those that decide which rows exist. */
function addRows(input: RowSources, expressions: readonly unknown[]): RowSources {
  const sources = expressions.flatMap((expression) => [
    ...traceReferences(expression, input).keys(),
  ])
  return { ...input, rows: uniteRows(input.rows, sources) }
}

function traceExpression(expression: unknown, input: RowSources): ValueSources {
  const position = getReference(expression)
  return position === undefined ? traceReferences(expression, input) : getColumn(input, position)
}

/** Traces every reference in an expression, wherever it stands. */
function traceReferences(expression: unknown, input: RowSources): ValueSources {
  const position = getReference(expression)
  if (position !== undefined) return toComputed([getColumn(input, position)])
  if (typeof expression !== "object" || expression === null) return noSources
  return uniteValues(Object.values(expression).map((part) => traceReferences(part, input)))
}

function getReference(expression: unknown): number | undefined {
  if (typeof expression !== "object" || expression === null) return undefined
  const { expression_class: kind, index } = expression as PlanExpression // any object
  return kind === "BOUND_REF" && typeof index === "number" ? index : undefined
}
